"""Reporting to the Chinese national network platform: checked, queued, sent record by record, and read back.

`figures` computes the results of a year, `preflight` applies the platform's own rules before anything is sent,
`queue` keeps what is to be sent and `push` sends it, `stand_in` is a server that answers as the platform does.
The fields and forms themselves lie in `liqi.catalogue.exchange.national`.
"""
