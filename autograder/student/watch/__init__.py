"""`gradfn watch`: the exercise being worked on, checked each time its file is saved.

__main__     the judging process: judges one save's answers on the public checks and tells step by step
processes    start judging processes, one of them ahead of need; how one ended
judgement    one judgement, over as many processes as its answers break, each wait with a limit
value_graph  the graph of the last Value that an answer returned
state        what is known of every unit, and which exercise is being worked on
saves        saves as events
keys         keys as events, on Unix and on Windows
page         what is to be seen, as plain words
screen       the page drawn on a terminal, or its news appended to a file
view         the reader's view: card, hints, news, list, graph
session      what a save, a key, an answer and the clock bring about
loop         the loop: events in, pages out
"""
