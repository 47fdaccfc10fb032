"""What an archive can show for what it says: pages as they were, bundles that can be checked anywhere. Pure."""
