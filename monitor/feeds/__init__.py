"""The hits of a saved search, or the alerts of a channel, as a feed: RSS 2.0, Atom, JSON Feed 1.1. Pure.

An item is called by what never changes of its article or alert, so that a reader shows it once, and its `updated` is
when the archive got the text that it has now, or when the alert came to say what it says.
"""
