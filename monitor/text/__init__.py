"""Text as the project sees it: cleaning, folding with an offset map, language, words. Pure."""
