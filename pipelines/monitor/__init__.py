"""Live capture: 802.11 frames of a monitor interface into the raw folder, as files that a feed of captures reads."""
