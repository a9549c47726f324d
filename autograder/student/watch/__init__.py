"""`gradfn watch`: the exercise being worked on, checked each time its file is saved.

__main__    the judging process: one save's answers on the public checks, told step by step
processes   starting judging processes, one warmed ahead; how one ended
graphs      the graph of the last Value that an answer handed on
run         one judgement, over as many processes as its answers break, each wait with a limit
course      what is known of every unit, and which exercise is being worked on
saves       saves as events, by the file system's notices or by polling
keys        keys as events, on Unix and on Windows
page        what is to be seen, as plain words
screen      the page drawn on a terminal, or its news appended to a file
shown       the reader's view: card, hints, news, list, graph
watching    what a save, a key, an answer and the clock bring about
loop        the loop: events in, pages out
"""
