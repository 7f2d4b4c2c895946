"""Federation: the catalogue harvested by others (OAI-PMH, ResourceSync), other catalogues harvested by this one.

The face is these modules: `identifiers` (what a record is called for good), `provider` (OAI-PMH answers),
`harvesting` (take in another repository), `resource_lists` (ResourceSync), `signposts` (links of a landing page),
`acknowledgement` (the sentence to thank with).
"""
