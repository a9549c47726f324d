"""Which answers of a class are too alike: a page with both texts side by side.

compare    what is peculiar to each answer, and the pairs that share most of it
page       the page: how alike pairs usually are, and the pairs that stand out
"""
