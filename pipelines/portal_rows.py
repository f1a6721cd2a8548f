"""A portal whose lines name an access point is a feed of sightings, too: who logs in is joined there."""

from pipelines.config import Config, FeedConfig, PortalConfig

PORTAL_ROWS = "portal-sightings"


def with_portal_rows(config: Config) -> Config:
    """The config with that feed, if [members.portal] has `columns.ap` and no feed bears its name."""
    portal = config.members.portal if config.members else None
    if portal is None or "ap" not in portal.columns or PORTAL_ROWS in {feed.name for feed in config.feeds}:
        return config
    return config.model_copy(update={"feeds": (*config.feeds, _feed(portal))})


def _feed(portal: PortalConfig) -> FeedConfig:
    return FeedConfig(
        name=PORTAL_ROWS,
        format="csv",
        glob=portal.glob,
        time_zone=portal.time_zone,
        time_format=portal.time_format,
        columns={name: column for name, column in portal.columns.items() if name != "member"},
        kinds={"": "joined"},
    )
