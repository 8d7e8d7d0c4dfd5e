// What the Node programs share: a world of their own at one vendor, the user's browser, and steps that pass or fail.

import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';

const program = path.basename(process.argv[1], '.mjs');
let failed = 0;

/** One thing that the client has to do. It passes if `run` does; the next step runs in any case. */
export async function step(what, run) {
  try {
    await run();
    console.log(`ok   ${program}: ${what}`);
  } catch (error) {
    failed += 1;
    const text = String(error?.message ?? error).replaceAll('\n', ' ');
    console.log(`FAIL ${program}: ${what}: ${error?.name}: ${text}`);
  }
}

/** The error that the client has to give. */
export async function refusal(run) {
  let answer;
  try {
    answer = await run();
  } catch (error) {
    return error;
  }
  assert.fail(`no error was given, but ${JSON.stringify(answer)}`);
}

export function end() {
  process.exit(failed > 0 ? 1 : 0);
}

/** A call of the control API or of a stand-in. By hand, so that no proxy is in the way. */
function call(method, url, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ answer, text: Buffer.concat(chunks).toString() }));
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A tenant with an app and a user at one vendor. The user consents without a page. */
export class World {
  static async at(vendor) {
    const world = new World();
    world.vendor = vendor;
    world.base = process.env[`REHEARSAL_${vendor.replaceAll('-', '_').toUpperCase()}_URL`].replace(/\/$/, '');
    world.path = '';
    const made = await world.control('POST', '/v1/tenants', {});
    world.path = `/v1/tenants/${made.tenant}`;
    world.app = made.demos[vendor];
    await world.control('PUT', '/consent', { by: 'auto' });
    return world;
  }

  async control(method, path, body) {
    const url = process.env.REHEARSAL_CONTROL_URL.replace(/\/$/, '') + this.path + path;
    const token = process.env.REHEARSAL_CONTROL_TOKEN;
    const { answer, text } = await call(method, url, body, token ? { Authorization: `Bearer ${token}` } : {});
    assert.equal(answer.statusCode, 200, `${method} ${path}: ${text}`);
    return JSON.parse(text);
  }

  expire(token) {
    return this.control('POST', '/expire', { vendor: this.vendor, token });
  }

  revoke(token, how = {}) {
    return this.control('POST', '/revoke', { vendor: this.vendor, token, ...how });
  }

  /** The calls in the journal that these terms ask for. */
  async calls(terms) {
    const query = new URLSearchParams({ vendor: this.vendor, ...terms });
    return (await this.control('GET', `/journal?${query}`)).entries;
  }

  /** Opens an authorization URL as the user's browser does, and says what the callback is given. */
  async consent(url) {
    const asked = new URL(url);
    // What the client has built in leads to the vendor's host; the browser of this program stays on this machine.
    const { answer, text } = await call('GET', this.base + asked.pathname + asked.search);
    assert.ok([302, 303].includes(answer.statusCode), `${url}: ${answer.statusCode} ${text.slice(0, 500)}`);
    return Object.fromEntries(new URL(answer.headers.location).searchParams);
  }
}
