FROM python:3.13-slim-trixie AS build
COPY LICENSE README.md feedmill.py pyproject.toml /source/
COPY tasks /source/tasks
COPY worker /source/worker
RUN python -m venv /opt/feedmill && /opt/feedmill/bin/pip install --no-cache-dir '/source[postgres,language,web]'

FROM python:3.13-slim-trixie
# An older expat crashes on documents made for that (CVE-2024-8176); the parser's child would die of each of them.
RUN python -c 'import pyexpat; assert pyexpat.version_info >= (2, 7), pyexpat.EXPAT_VERSION'
COPY --from=build /opt/feedmill /opt/feedmill
COPY seeds /srv/seeds
# A folder of its own, and empty: Python would prefer a worker/ in the current folder to the one that is installed.
RUN install --directory --owner=10001 --group=10001 /srv/feedmill
WORKDIR /srv/feedmill
USER 10001:10001
ENV PATH=/opt/feedmill/bin:$PATH \
    FEEDMILL_SEEDS_DIR=/srv/seeds \
    FEEDMILL_LOG_FORMAT=json
CMD ["feedmill", "run"]
