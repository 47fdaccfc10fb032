"""A newcomer's first look: a site of invented outlets on loopback, read by scowatch from end to end.

``python -m demo.run`` does it; the material stands in ``outlets.yaml`` and ``articles/``.
"""
