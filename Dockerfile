# One image for web, worker, beat and migrations; docker-compose.yml says which is which.

FROM python:3.11-slim AS build
COPY requirements.txt .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r requirements.txt

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app touchstone \
 && install -d -o touchstone -g touchstone /var/lib/touchstone
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    INSTANCE_DIR=/var/lib/touchstone
COPY --from=build /venv /venv
COPY . /app
WORKDIR /app
# Static files get names with a hash. What only this step needs to start is thrown away with it.
RUN SECRET_KEY=unused MASTER_KEYS= python manage.py collectstatic --noinput --verbosity 0 \
 && chown -R touchstone /var/lib/touchstone
USER touchstone
EXPOSE 8000
CMD ["sh", "-c", "exec granian --interface wsgi --host \"$HOST\" --port \"${PORT:-8000}\" --workers \"${WEB_WORKERS:-2}\" --blocking-threads \"$((${FETCH_CONCURRENCY:-4} + 1))\" --respawn-failed-workers config.wsgi:application"]
