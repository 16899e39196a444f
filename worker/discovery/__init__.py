"""Finding feeds: on a site's page that somebody names, and again for a feed whose URL has died."""
