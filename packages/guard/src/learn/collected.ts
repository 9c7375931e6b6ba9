import type { Operation } from '@castellan/contract';
import type { AuthContext } from '../auth-context.ts';
import type { Change, Exchange, Verdict } from '../exchange.ts';
import type { Tap } from './tap.ts';

const maxVerdicts = 20;

/** What the record of an ended exchange is made from; it keeps no connection alive. */
export class Collected {
  readonly now: number;
  readonly method: string;
  readonly target: string;
  /** Canonical; `''` where there was none to be found. */
  readonly path: string;
  readonly query: string;
  readonly rawHeaders: readonly string[];
  readonly captures: readonly string[];
  readonly operation: Operation | undefined;
  readonly headOfGet: boolean;
  readonly auth: AuthContext | undefined;
  readonly authorization: string | undefined;
  readonly address: string;
  readonly status: number;
  readonly requestType: string | undefined;
  readonly requestCoding: string | undefined;
  /** Inflated where `receive` had it. */
  readonly body: Uint8Array | undefined;
  readonly tap: Tap;
  readonly observed: readonly Verdict[];
  readonly changes: readonly Change[];
  /** Bytes of bodies. */
  readonly size: number;

  constructor(exchange: Exchange, tap: Tap) {
    const { incoming, fields, match, body } = exchange;
    this.now = exchange.now;
    this.method = incoming.method;
    this.target = incoming.target;
    this.path = exchange.path;
    this.query = exchange.query;
    this.rawHeaders = incoming.rawHeaders;
    this.captures = match?.captures ?? [];
    this.operation = match?.operation;
    this.headOfGet = exchange.headOfGet;
    this.auth = exchange.auth;
    this.authorization = fields?.authorization;
    this.address = exchange.address;
    this.status = exchange.status;
    this.requestType = fields?.contentType;
    this.requestCoding = body === undefined ? fields?.contentEncoding : undefined;
    this.body = body;
    this.tap = tap;
    this.observed = exchange.observed?.slice(0, maxVerdicts) ?? [];
    this.changes = exchange.changes?.slice(0, maxVerdicts) ?? [];
    this.size = (body?.length ?? 0) + Math.min(tap.request.size, 1 << 20) + Math.min(tap.answer.size, 1 << 20);
  }
}
