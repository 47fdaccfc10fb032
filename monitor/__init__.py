"""scowatch: one article's trip, from a publisher's feed to a reader's digest.

::

    collect(source, now)                                     monitor.jobs, once a source is due
      store.validators    -> Validators      read
      fetch               -> Fetch           network         sources.http
      parse               -> Entry...        worker process  sources.feed, sources.page
      identity.keys       -> entry keys      pure
      store.known         -> what we have    read
      fetch, extract      -> Page            network, worker process
      normalise           -> Article...      pure            monitor.identity
      watchlist, place    -> Arrival...      pure            monitor.watchlist, monitor.identity
      store.record        <- Collected       ONE transaction, always: also for 304, time-outs and parse errors

    build_digests(now)                                       when a subscription is due; alerts after each pass
      store.news          -> what the subscription has not been told
      digest.build        -> Digest | None   pure            monitor.digest
      store.add_digest    <- Digest and its pending Deliveries, one transaction

    deliver(now)
      store.claim_due     -> Deliveries      one conditional update
      render, send        -> Receipt | DeliveryError         alerts
      store.save_attempt  <- Delivery

Data only moves down, no stage changes what it was given, and the write is the only way out of a poll.
"""

__version__ = "0.1.0"
