"""The kit on disk: units, their files and what is read from them.

kit        Kit, KitUnit, Exercise, Question: a folder that holds exercises/ and perhaps solutions/
script     the percent format of a unit's script: split into cells, and joined
lessons    the sections of a unit's README.md
recorded   recorded.json: the answers of the references on one seed
gpu_tier   what the GPU tier runs, and where
lookup     exercises as people type them, with the nearest name where there is none
files      read and write files so that nothing is lost
"""
