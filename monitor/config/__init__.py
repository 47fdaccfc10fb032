"""The settings of one home: scowatch.toml as values, read and checked with every problem at once."""
