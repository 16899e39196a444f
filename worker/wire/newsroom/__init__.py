"""NITF, NewsML and ninjs, in which newsrooms exchange items: each document publishes entries as a feed does."""
