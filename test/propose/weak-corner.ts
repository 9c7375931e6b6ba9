// The shop of examples/weak, with what its customers and its staff do, and what an attacker with an account does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { startShop } from '../../examples/weak/server.ts';
import type { Call, WeakApi } from './weak-api.ts';

const file = join(import.meta.dirname, '../../examples/weak/openapi.yaml');
const customers = ['1', '2', '3'];
const order = (as: string, comment: string): Call => ({
  as,
  method: 'POST',
  path: '/orders',
  body: { quantity: 1, sku: 'TEA0001', comment },
});

const honest: readonly Call[] = [
  { as: '', method: 'POST', path: '/login', body: { email: 'a@shop.example', password: 'long enough' } },
  { as: '', method: 'POST', path: '/register', body: { email: 'b@shop.example', password: 'Welcome1' } },
  { as: '', method: 'POST', path: '/register', body: { email: 'c@shop.example', password: 'Welcome1' } },
  ...customers.flatMap((as): Call[] => [
    { as, method: 'GET', path: `/customers/${as}` },
    { as, method: 'PUT', path: `/customers/${as}`, body: { name: `${as}'s` } },
    { as, method: 'PUT', path: '/me/email', body: { email: 'd@shop.example' } },
    { as, method: 'GET', path: '/orders?limit=10' },
    order(as, 'please'),
    order(as, 'soon'),
    { as, method: 'POST', path: `/orders/1${as}/confirm` },
    { as, method: 'POST', path: '/payments', body: { amount: 5, cardNumber: '4111111111111111' } },
    { as, method: 'GET', path: '/v2/stock' },
    { as, method: 'GET', path: '/offers' },
    { as, method: 'POST', path: '/notes', body: { bodyHtml: 'fine' } },
  ]),
  {
    as: '2',
    method: 'PATCH',
    path: '/customers/2',
    body: [{ op: 'replace', path: '/name', value: 'bo' }],
    contentType: 'application/json-patch+json',
  },
  {
    as: '3',
    method: 'PATCH',
    path: '/customers/3',
    body: [{ op: 'replace', path: '/name', value: 'ce' }],
    contentType: 'application/json-patch+json',
  },
  ...['8', '9'].flatMap((as): Call[] => [
    { as, method: 'GET', path: '/customers' },
    { as, method: 'GET', path: '/customers/2' },
    { as, method: 'GET', path: '/customers/by-email/bob@shop.example' },
    { as, method: 'POST', path: '/orders/export', body: { orderIds: ['11', '12'] } },
    { as, method: 'GET', path: '/internal/metrics' },
  ]),
  { as: '9', method: 'GET', path: '/customers/1/delete' },
  { as: '9', method: 'DELETE', path: '/admin/users' },
  { as: '9', method: 'POST', path: '/test/reset' },
];

const lacks =
  (text: string) =>
  (answer: string): boolean =>
    !answer.includes(text);

const holes: readonly Call[] = [
  { at: 'object', as: '1', method: 'GET', path: '/customers/2' },
  { at: 'object', as: '1', method: 'PUT', path: '/customers/2', body: { name: 'x' } },
  {
    at: 'object',
    as: '1',
    method: 'PATCH',
    path: '/customers/2',
    body: [{ op: 'replace', path: '/iban', value: 'DE99' }],
    contentType: 'application/json-patch+json',
  },
  { at: 'object', as: '1', method: 'GET', path: '/customers/by-email/bob@shop.example' },
  { at: 'object', as: '1', method: 'POST', path: '/orders/12/confirm' },
  { at: 'object', as: '1', method: 'GET', path: '/orders?where=1', stopped: lacks('"ownerId":"2"') },
  { at: 'object', as: '1', method: 'POST', path: '/orders', body: { quantity: 1, sku: 'TEA0001', ownerId: '2' } },
  { at: 'object', as: '1', method: 'GET', path: '/customers/3/delete' },
  { at: 'function', as: '1', method: 'GET', path: '/customers' },
  { at: 'function', as: '1', method: 'DELETE', path: '/customers' },
  { at: 'function', as: '1', method: 'POST', path: '/orders/export', body: { orderIds: ['12'] } },
  { at: 'function', as: '1', method: 'DELETE', path: '/admin/users' },
  { at: 'function', as: '1', method: 'GET', path: '/internal/metrics' },
  { at: 'function', as: '1', method: 'POST', path: '/test/reset' },
  { at: 'property', as: '1', method: 'GET', path: '/customers/1', stopped: lacks('passwordHash') },
  { at: 'property', as: '1', method: 'GET', path: '/customers/1', stopped: lacks('riskNotes') },
  { at: 'property', as: '1', method: 'PUT', path: '/customers/1', body: { balance: 1_000_000 } },
  {
    at: 'property',
    as: '',
    method: 'POST',
    path: '/register',
    body: { email: 'e@x.example', password: 'Welcome1', role: 'admin' },
  },
  { at: 'property', as: '1', method: 'POST', path: '/payments', body: { amount: 5, cardNumber: '4', status: 'paid' } },
  {
    at: 'property',
    as: '1',
    method: 'PATCH',
    path: '/customers/1',
    body: [{ op: 'replace', path: '/balance', value: 1_000_000 }],
    contentType: 'application/json-patch+json',
  },
];

export const corner: WeakApi = {
  name: 'the shop of examples/weak',
  document: parse(readFileSync(file, 'utf8')) as object,
  groups: { 8: ['staff'], 9: ['staff', 'admin'] },
  scopes: Object.fromEntries(
    [...customers, '8', '9'].map((who) => [who, ['full_access', 'orders:read', 'orders:raed']]),
  ),
  honest,
  holes,
  start: () => startShop(),
};
