# One image for every part; docker-compose.yml says which part a container is.
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv /opt/moderation && /opt/moderation/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY pyproject.toml README.md CHANGELOG.md LICENSE ./
COPY moderation ./moderation
COPY workers ./workers
COPY rules ./rules
COPY docs ./docs
RUN /opt/moderation/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
COPY --from=build /opt/moderation /opt/moderation
# Not root; the metrics of gunicorn's processes meet in a folder of their own.
RUN useradd --uid 10001 --no-create-home moderation && install -d -o moderation /run/moderation/metrics
USER moderation
WORKDIR /run/moderation
ENV PATH=/opt/moderation/bin:$PATH PYTHONUNBUFFERED=1 PROMETHEUS_MULTIPROC_DIR=/run/moderation/metrics
EXPOSE 8000
ENTRYPOINT ["moderation"]
CMD ["web"]
