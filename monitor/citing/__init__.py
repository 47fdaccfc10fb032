"""Articles as references: BibTeX, RIS, CSL-JSON, a line in Chicago style, Markdown, and rows of a table. Pure.

Nothing is made up: a name is only taken apart where its parts are sure, a date only given where the publisher gave it,
and when an article was first seen and archived is said beside it.
"""
