"""`gradfn watch`: on each save, check the exercise being worked on.

loop         the loop: events in, pages out
session      what a save, a message and the clock lead to
actions      what each key does
state        what is known of every unit, and which exercise is being worked on
judgement    one judgement; if answers kill the process, another goes on
processes    start and end judging processes
__main__     the judging process: runs one save's answers on the public checks
value_graph  the graph of the last Value that an answer returned
saves        saves as events
keys         keys as events, on Unix and on Windows
view         what the student looks at: card, hints, news, list or graph
page         that as lines of text, cut to the window
screen       the lines drawn in a terminal's window, or plain text where there is none
"""
