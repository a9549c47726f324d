"""The class report: one page that an instructor can read, print and keep.

gather         gather(course, unit) -> ClassReport: what the gradebook and the records say about the class
item_analysis  how hard each check is, and how well it tells strong submissions from weak ones
plots          the pictures, as SVG
page           write_report(course, unit, file): fill in the template and write the file
page.html      the template

Texts from submissions and students' names are untrusted: the template escapes them, pictures stand in <img>,
and the page's content security policy forbids scripts.
"""
