"""A student's own process: nothing here needs a solution, a sandbox or nbgrader.

plugin      the pytest plugin
attempt     a student's file run in this process, against recorded answers
progress    points and what is next
hints       the next hint, and the list of exercises
show        the inputs of a failing check, as Python
drafts      the last answers that passed, and the stub put back
solution    the reference answer, after one's own passes
submit      hand in, after saying what passes
exchange    hand in through nbgrader's exchange
update      a newer kit in place of this one, with the student's answers
public      the public checks where a service runs them on every push
play        the student's own functions at work, as animated pictures
pages       pages for the browser
terminal    the width and the encoding of the terminal
watch/      `gradfn watch`: each save judged at once
"""
