import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { renewSubscription } from './subscription';

const KEYS = { p256dh: 'BP', auth: 'aa' };
let asked: [string, string, unknown][] = [];
let subscribed: unknown[] = [];
let answers: Record<string, Response | Error> = {};

const subscription = (endpoint: string, key: ArrayBuffer | null = null) =>
  ({
    endpoint,
    options: { applicationServerKey: key, userVisibleOnly: true },
    toJSON: () => ({ endpoint, keys: KEYS }),
  }) as unknown as PushSubscription;

const manager = {
  subscribe: async (options: PushSubscriptionOptionsInit) => {
    subscribed.push(options);
    return subscription('https://push.example/new');
  },
} as PushManager;

const told = (endpoint: string) => ['PUT', '/api/alerts/push-subscription', { endpoint, keys: KEYS }];

beforeEach(() => {
  asked = [];
  subscribed = [];
  answers = { '/api/alerts/push-key': Response.json({ key: 'servers' }) };
  vi.stubGlobal('fetch', async (path: string, { method, body }: RequestInit) => {
    asked.push([String(method), path, body ? JSON.parse(String(body)) : null]);
    const answer = answers[path] ?? new Response(null, { status: 204 });
    if (answer instanceof Error) throw answer;
    return answer;
  });
});
afterEach(() => vi.unstubAllGlobals());

it('tells the server what the browser renewed by itself', async () => {
  await renewSubscription(manager, { newSubscription: subscription('https://push.example/renewed') });
  expect(subscribed).toEqual([]);
  expect(asked).toEqual([told('https://push.example/renewed')]);
});

it('subscribes again with the key of before', async () => {
  const key = new Uint8Array([4, 2]).buffer;
  await renewSubscription(manager, { oldSubscription: subscription('https://push.example/old', key) });
  expect(subscribed).toEqual([{ userVisibleOnly: true, applicationServerKey: key }]);
  expect(asked).toEqual([told('https://push.example/new')]);
});

it("subscribes with the server's key when the browser says nothing of before", async () => {
  await renewSubscription(manager, {});
  expect(subscribed).toEqual([{ userVisibleOnly: true, applicationServerKey: 'servers' }]);
  expect(asked).toEqual([['GET', '/api/alerts/push-key', null], told('https://push.example/new')]);
});

it.each([
  ['no network', new TypeError('Failed to fetch')],
  ['a tablet that is not paired any more', new Response(null, { status: 401 })],
])('%s is left to the next start of the page', async (_, answer) => {
  answers['/api/alerts/push-subscription'] = answer;
  const change = { newSubscription: subscription('https://push.example/renewed') };
  await expect(renewSubscription(manager, change)).resolves.toBeUndefined();
});
