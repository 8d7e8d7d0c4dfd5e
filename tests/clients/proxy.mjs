// The usual kind of agent by which Node's https goes through a proxy.

import http from "node:http";
import https from "node:https";
import tls from "node:tls";

/** Opens a tunnel through the proxy of the environment for each connection. */
export class ProxyAgent extends https.Agent {
  createConnection({ host, port, servername }, connected) {
    const proxy = new URL(process.env.HTTPS_PROXY);
    const tunnel = http.request({
      host: proxy.hostname,
      port: proxy.port,
      method: "CONNECT",
      path: `${host}:${port}`,
      headers: { Host: `${host}:${port}` },
      agent: false,
    });
    tunnel.on("connect", (answer, socket) => {
      if (answer.statusCode !== 200) return connected(new Error(`the proxy answered ${answer.statusCode}`));
      connected(null, tls.connect({ socket, servername: servername ?? host }));
    });
    tunnel.on("error", connected);
    tunnel.end();
  }
}
