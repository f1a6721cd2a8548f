"""The promises: pseudonyms and keys, consent, suppression. Pure; keys come in as bytes."""
