"""The straight lines: collecting, telling, delivering. They call ports only and take the time as an argument."""
