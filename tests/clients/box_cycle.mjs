// The life of a token at Box's own hosts, with Node's https and the usual kind of agent for a proxy.
//
//     rehearsal exec -- node tests/clients/box_cycle.mjs

import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { ProxyAgent } from "./proxy.mjs";

const { env } = process;
const app = { client_id: env.REHEARSAL_BOX_CLIENT_ID, client_secret: env.REHEARSAL_BOX_CLIENT_SECRET };

const agent = new ProxyAgent({ keepAlive: true });

function send(method, url, { headers = {}, form, json } = {}) {
  const body = form ? new URLSearchParams(form).toString() : json && JSON.stringify(json);
  if (form) headers["Content-Type"] = "application/x-www-form-urlencoded";
  const secure = url.startsWith("https:");
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(url, { method, headers, agent: secure ? agent : undefined });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    request.end(body);
  });
}

/** The user's browser goes to Box and comes back with a code. */
async function consent() {
  const page = new URL("https://account.box.com/api/oauth2/authorize");
  page.search = new URLSearchParams({
    response_type: "code",
    client_id: app.client_id,
    redirect_uri: env.REHEARSAL_BOX_REDIRECT_URI,
    state: "s1",
  });
  const answer = await send("GET", page.href);
  assert.equal(answer.status, 302, answer.text);
  const back = new URL(answer.headers.location).searchParams;
  assert.equal(back.get("state"), "s1");
  return back.get("code");
}

async function tokens(grant) {
  const answer = await send("POST", "https://api.box.com/oauth2/token", { form: { ...app, ...grant } });
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text);
}

const me = (token) =>
  send("GET", "https://api.box.com/2.0/users/me", { headers: { Authorization: `Bearer ${token}` } });

// Nobody sits before a browser here.
const automatic = await send("PUT", `${env.REHEARSAL_CONTROL_URL}/v1/consent`, { json: { by: "auto" } });
assert.equal(automatic.status, 200, automatic.text);

const first = await tokens({ grant_type: "authorization_code", code: await consent() });
assert.equal(JSON.parse((await me(first.access_token)).text).type, "user");

const second = await tokens({ grant_type: "refresh_token", refresh_token: first.refresh_token });
assert.equal((await me(second.access_token)).status, 200);

const revoked = await send("POST", "https://api.box.com/oauth2/revoke", {
  form: { ...app, token: second.access_token },
});
assert.equal(revoked.status, 200, revoked.text);
const refused = await me(second.access_token);
assert.equal(refused.status, 401);
assert.match(refused.headers["www-authenticate"], /invalid_token/);

const third = await tokens({ grant_type: "authorization_code", code: await consent() });
assert.equal((await me(third.access_token)).status, 200);

await assert.rejects(send("GET", "https://example.org/"), /the proxy answered 502/);

agent.destroy();
console.log("box: authorized, refreshed, revoked, refused, authorized again");
