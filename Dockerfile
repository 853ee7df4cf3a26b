# Written from the documentation of its parts; not run yet, because no container engine was at hand.
FROM node:24.21.0-bookworm-slim AS web
WORKDIR /app
COPY . .
RUN npx --yes pnpm@12.4.2 install --frozen-lockfile
RUN npm run build

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY . .
# Optional dependencies are the embedded Postgres: a container is given DATABASE_URL instead.
RUN npx --yes pnpm@12.4.2 install --frozen-lockfile --prod --no-optional

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app /app
COPY --from=web /app/apps/web/dist /app/apps/web/dist
# The server runs from its sources and writes nothing below /app.
USER node
EXPOSE 4653
ENTRYPOINT ["node", "apps/cli/src/main.ts"]
CMD ["start"]
