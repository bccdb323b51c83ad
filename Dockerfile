# The agent with the shim beside it. Slurm's client commands and munge come from the site: mount them, or build on an image that has them.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make build

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /src/artifacts/bin /opt/vk-slurm/bin
ENV PATH=/opt/vk-slurm/bin:$PATH
ENTRYPOINT ["vk-slurm"]
CMD ["run", "--config", "/etc/vk-slurm/node.yaml"]
