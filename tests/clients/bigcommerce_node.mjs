// The client for BigCommerce that most Node programs use: node-bigcommerce 4.1.0. It speaks https alone, to the vendor's
// hosts, by Node's own agent, which is made one for the proxy here.

import assert from 'node:assert/strict';
import https from 'node:https';
import BigCommerce from 'node-bigcommerce';
import { ProxyAgent } from './proxy.mjs';
import { World, end, refusal, step } from './rehearsal.mjs';

https.globalAgent = new ProxyAgent();

const world = await World.at('bigcommerce');
const store = { clientId: world.app.client_id, secret: world.app.client_secret, responseType: 'json' };

/** The app, as the merchant has just installed it: what its auth callback is given, and the token for it. */
async function install() {
  const scope = 'store_v2_products store_v2_information';
  const { code } = await world.control('POST', '/codes', { vendor: 'bigcommerce' });
  const app = new BigCommerce({ ...store, callback: world.app.redirect_uri });
  return app.authorize({ code, scope, context: `stores/${world.app.realm}` });
}

const client = (accessToken, more = {}) =>
  new BigCommerce({ ...store, accessToken, storeHash: world.app.realm, ...more });

let granted;
await step('BC-067: authorize gives an object with access_token, and the store is read', async () => {
  granted = await install();
  assert.equal(typeof granted.access_token, 'string');
  assert.equal(granted.context, `stores/${world.app.realm}`);
  const info = await client(granted.access_token).get('/store');
  assert.equal(typeof info.id, 'string');
  const products = await client(granted.access_token, { apiVersion: 'v3' }).get('/catalog/products?limit=1');
  assert.equal(products.data.length, 1);
});

await step('BC-067: a bad code gives an error with code 400 and the body', async () => {
  const app = new BigCommerce({ ...store, callback: world.app.redirect_uri });
  const error = await refusal(() => app.authorize({ code: 'bad', scope: 'x', context: 'stores/x' }));
  assert.equal(error.code, 400);
  assert.equal(typeof JSON.parse(error.responseBody).error, 'string');
});

await step('BC-067: a 429 is waited for as x-retry-after says, and asked again', async () => {
  const limit = { vendor: 'bigcommerce', operation: 'store', when: { first: 1 }, effect: { 'rate-limit': { retry_after: '1s' } } };
  const statuses = async () => (await world.calls({ operation: 'store' })).map((entry) => entry.answer.status);
  const before = (await statuses()).length;
  await world.control('POST', '/faults', limit);
  const info = await client(granted.access_token).get('/store');
  assert.equal(typeof info.id, 'string');
  assert.deepEqual((await statuses()).slice(before), [429, 200]);
  await world.control('POST', '/faults', limit);
  const error = await refusal(() => client(granted.access_token, { failOnLimitReached: true }).get('/store'));
  assert.equal(error.retryAfter, 1);
});

await step("after uninstalling, the client's own error for a dead token", async () => {
  await world.revoke(granted.access_token, { grant: true });
  const error = await refusal(() => client(granted.access_token).get('/store'));
  assert.equal(error.code, 401);
  assert.equal(JSON.parse(error.responseBody).title, 'Unauthorized');
});

await step('installed again, it works again', async () => {
  granted = await install();
  assert.equal(typeof (await client(granted.access_token).get('/store')).id, 'string');
});

end();
