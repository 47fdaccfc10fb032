"""The hits of a saved search as a feed: RSS 2.0, Atom, JSON Feed 1.1. Pure.

An item is called by what never changes of its article, so that a reader shows it once, and its `updated` is when the
archive got the text that it has now.
"""
