"""gradfn's judge: runs check programs on answers, compares what they return and explains the difference."""

__version__ = "0.1.0"
