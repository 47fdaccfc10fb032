"""The query language: text into a tree, with the column of whatever cannot be read.

::

    summit Tokayev                 every word, in any order; other forms of a word count (`summits`, `Токаеву`)
    "national currencies"          a phrase, only as written; « », “ ” and „ “ are the same
    Quetta OR Torkham              either; binds less than the words beside it: a b OR c is (a b) OR c
    -Pakistan, NOT Pakistan        without; also before a phrase, a bracket or a field
    =summit                        the word only as written, in no other form
    glaci*                         every word that begins so
    grain NEAR/3 deal              at most three words between them, either way round; also grain w/3 deal
    tag: tag!: src: class: from: lang: kind: priority: title: story: since: until:
    @chair-watch                   the saved search of that name, as if it stood here in brackets

A field takes one value or several with commas: `from:tj,uz` is either. `since:` and `until:` take a day, a month or a
year (2026-09-01, 2026-09, 2026), include it, and count in UTC. Operators are written in capitals.
"""

from monitor.query.fields import period_of as period_of
from monitor.query.grammar import DEPTH_LIMIT as DEPTH_LIMIT
from monitor.query.grammar import LENGTH_LIMIT as LENGTH_LIMIT
from monitor.query.grammar import SAVED_LIMIT as SAVED_LIMIT
from monitor.query.grammar import TERM_LIMIT as TERM_LIMIT
from monitor.query.grammar import Saved as Saved
from monitor.query.grammar import parse as parse
from monitor.query.grammar import refers_to as refers_to
from monitor.query.meaning import Vocabulary as Vocabulary
from monitor.query.meaning import asked_of as asked_of
from monitor.query.meaning import facets_of as facets_of
from monitor.query.meaning import unknown as unknown
from monitor.query.meaning import vocabulary as vocabulary
from monitor.query.nodes import And as And
from monitor.query.nodes import Facet as Facet
from monitor.query.nodes import Near as Near
from monitor.query.nodes import Node as Node
from monitor.query.nodes import Not as Not
from monitor.query.nodes import Or as Or
from monitor.query.nodes import Period as Period
from monitor.query.nodes import Query as Query
from monitor.query.nodes import Words as Words
from monitor.query.nodes import wanted_words as wanted_words
