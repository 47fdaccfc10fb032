"""What is the same: addresses, listed entries, versions; later copies, stories and origins. Pure."""
