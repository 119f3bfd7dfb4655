"""The item side, one thin component a stage, in this order: normalise → dedupe → tag → store."""
