import type { Leniency } from './leniency.ts';
import type { UndocumentedSetting } from './undocumented-setting.ts';
import type { ContextType } from './extension/context-type.ts';
import type { Place } from './error.ts';
import type { Budget, FlowStep, PageCap, RateLimit } from './limit-model.ts';
import type { References } from './schema/references.ts';

export type * from './limit-model.ts';

/** A node of a loaded document: the document's absolute URI, and an RFC 6901 pointer inside it (`''` is the root). */
export interface Location {
  readonly document: string;
  readonly pointer: string;
}

/** Something that was tolerated in a document, and what to write instead. */
export interface Warning {
  /** Stable name in kebab case: `duplicate-operation-id`. */
  readonly code: string;
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
  /** @deprecated The same as `fix`, under its older name. */
  readonly mend: string;
  readonly location: Location;
}

/** A warning that is noted before the document is read: a `Reading` completes it. */
export type NotedWarning = Omit<Warning, 'fix'>;

/** The rules that a schema is read by. `openapi-3.0` also stands for 2.0, whose schemas are a subset of it. */
export type Dialect = 'openapi-3.0' | '2020-12' | 'draft-04';

/** What the threat model asks for; sets defaults and required controls. */
export type Profile = 'toy' | 'internal' | 'standard' | 'bank';

/** A JSON Schema as written in a document. Compiled only when first needed. */
export interface Schema {
  readonly location: Location;
  readonly dialect: Dialect;
  /** The schema itself: an object, or (2020-12) a boolean. May be a `$ref`. */
  readonly raw: Readonly<Record<string, unknown>> | boolean;
}

/** The address and the parts of one server, variables filled with their defaults. */
export interface Server {
  readonly url: string;
  /** The path part without a trailing slash: `/v1`, or `''`. */
  readonly basePath: string;
  /** The paths for every value in the `enum` of its variables, `basePath` first. */
  readonly basePaths: readonly string[];
  readonly description?: string | undefined;
  readonly location: Location;
}

export type HttpMethod =
  | 'GET'
  | 'PUT'
  | 'POST'
  | 'DELETE'
  | 'OPTIONS'
  | 'HEAD'
  | 'PATCH'
  | 'TRACE'
  | 'QUERY'
  | (string & {});

export type ParameterPlace = 'path' | 'query' | 'header' | 'cookie' | 'querystring';

export type ParameterStyle =
  | 'matrix'
  | 'label'
  | 'simple'
  | 'form'
  | 'spaceDelimited'
  | 'pipeDelimited'
  | 'deepObject'
  | 'tabDelimited'
  | 'cookie';

export interface Parameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required: boolean;
  readonly deprecated: boolean;
  readonly style: ParameterStyle;
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly allowEmptyValue: boolean;
  /** The schema of the decoded value; that of the content's media type where `content` is used. */
  readonly schema?: Schema | undefined;
  /** Set where the value is serialised as a media type (`content`) instead of by `style`. */
  readonly content?: MediaType | undefined;
  readonly description?: string | undefined;
  readonly location: Location;
  readonly castellan: CastellanParameter;
}

/** Part of a multipart or form body. */
export interface Encoding {
  readonly contentType?: string | undefined;
  readonly headers: readonly Header[];
  readonly style?: ParameterStyle | undefined;
  readonly explode?: boolean | undefined;
  readonly allowReserved?: boolean | undefined;
}

export interface MediaType {
  /** As written, lower-cased: `application/json`, `application/*`, `text/plain; charset=utf-8`. */
  readonly type: string;
  readonly schema?: Schema | undefined;
  /** 3.2: schema of each item of a sequential media type (JSON Lines, SSE). */
  readonly itemSchema?: Schema | undefined;
  readonly encoding: ReadonlyMap<string, Encoding>;
  readonly location: Location;
}

export interface Body {
  readonly required: boolean;
  readonly content: readonly MediaType[];
  readonly description?: string | undefined;
  readonly location: Location;
}

export interface Header {
  readonly name: string;
  readonly required: boolean;
  readonly explode: boolean;
  readonly schema?: Schema | undefined;
  readonly content?: MediaType | undefined;
  readonly location: Location;
}

export interface Response {
  /** `200`, `4XX` or `default`. */
  readonly status: string;
  readonly description?: string | undefined;
  readonly headers: readonly Header[];
  /** Empty where the response has no body. */
  readonly content: readonly MediaType[];
  readonly location: Location;
}

export interface OAuthFlow {
  readonly flow: 'implicit' | 'password' | 'clientCredentials' | 'authorizationCode' | 'deviceAuthorization';
  readonly authorizationUrl?: string | undefined;
  readonly tokenUrl?: string | undefined;
  readonly scopes: Readonly<Record<string, string>>;
}

interface SecuritySchemeBase {
  /** The key under `components.securitySchemes`. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly location: Location;
}

/** OpenAPI Security Scheme Object. 2.0's `basic` is read as `http` with `scheme: 'basic'`. */
export type SecurityScheme =
  | (SecuritySchemeBase & {
      readonly type: 'http';
      /** Lower-cased: `bearer`, `basic`, `digest`, `signature`… */ readonly scheme: string;
      readonly bearerFormat?: string | undefined;
    })
  | (SecuritySchemeBase & {
      readonly type: 'apiKey';
      readonly in: 'header' | 'query' | 'cookie';
      /** Name of the header field, query parameter or cookie. */ readonly key: string;
    })
  | (SecuritySchemeBase & {
      readonly type: 'oauth2';
      readonly flows: readonly OAuthFlow[];
      readonly oauth2MetadataUrl?: string | undefined;
    })
  | (SecuritySchemeBase & { readonly type: 'openIdConnect'; readonly openIdConnectUrl: string })
  | (SecuritySchemeBase & { readonly type: 'mutualTLS' });

/** All of `schemes` must hold (AND). An empty list lets anonymous callers in (`{}`). */
export interface SecurityRequirement {
  readonly schemes: readonly { readonly scheme: SecurityScheme; readonly scopes: readonly string[] }[];
}

/** A type of object that authorization decides on: from `x-castellan.resource` on a schema, or inferred. */
export interface Resource {
  readonly type: string;
  readonly schema: Schema;
  /** Name of the property that identifies one. */
  readonly id: string;
  /** False where it was inferred from the document's shape. */
  readonly declared: boolean;
}

export interface Operation {
  /** As declared; where missing or a duplicate, made from method and path. Unique in the contract. */
  readonly operationId: string;
  /** False where `operationId` was made. */
  readonly operationIdDeclared: boolean;
  /** Upper case: `GET`. */
  readonly method: HttpMethod;
  /** The path template as documented: `/documents/{documentId}`. Base paths come from its servers. */
  readonly path: string;
  /** The servers that the operation or its path item names; undefined where those of the contract count. */
  readonly servers?: readonly Server[] | undefined;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly deprecated: boolean;
  /** OR over the list. Empty: the operation declares no security at all, anyone may call it. */
  readonly security: readonly SecurityRequirement[];
  /** Where `security` was written: the operation, the document, or nowhere. */
  readonly securityFrom: 'operation' | 'document' | 'nowhere';
  /** Path-item parameters merged in, references resolved. */
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  readonly responses: readonly Response[];
  readonly location: Location;
  readonly castellan: CastellanOperation;
  /** The resource that the operation acts on, declared or inferred. */
  readonly resource: OperationResource | undefined;
}

export interface OperationResource {
  readonly type: string;
  /** Where the id comes from: `path.sectionId`, `query.id`, `body.id`, `auth.subject`; undefined for collections. */
  readonly id: string | undefined;
  readonly declared: boolean;
}

/** Any node of any loaded document, by reference. */
export interface Located {
  readonly location: Location;
  readonly value: unknown;
}

/** One API, as its document says. Made by `loadContract`. Immutable. */
export interface Contract {
  /** As written: `2.0`, `3.0.3`, `3.1.0`. */
  readonly openapi: string;
  readonly title: string;
  readonly version: string;
  /** `sha256:` and 64 hex digits over the bytes of every document and overlay that was read. */
  readonly digest: string;
  /** The path or URL that it was loaded from; `<object>` otherwise. */
  readonly file: string;
  readonly dialect: Dialect;
  readonly servers: readonly Server[];
  readonly operations: readonly Operation[];
  /** 3.1: what the API calls at its consumers. `path` is the webhook's name; no request to this API matches them. */
  readonly webhooks: readonly Operation[];
  readonly securitySchemes: ReadonlyMap<string, SecurityScheme>;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Named schemas (`components.schemas` or `definitions`). */
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly castellan: CastellanApi;
  /** False where no document or overlay can hold `x-castellan`. */
  readonly extended: boolean;
  /** What was tolerated. Getting them walks the whole document; loading does not. */
  readonly warnings: readonly Warning[];
  /** The whole root document after overlays, as parsed. Not to be changed. */
  readonly document: Readonly<Record<string, unknown>>;
  /** URIs of all loaded documents, the root first. */
  readonly documents: readonly string[];
  /** Every loaded document by URI: what references are followed and schemas are compiled against. */
  readonly references: References;
  /** The node at a location; undefined where there is none. */
  at(location: Location): unknown;
  /**
   * Follows `$ref` (any number of them) from a location.
   * @throws CastellanError `unresolved-reference`, `reference-loop`
   */
  resolve(from: Location, ref: string): Located;
  /**
   * File, line and column of a location. Reads the file again when first asked, so that loading pays nothing;
   * where the location does not exist (a missing property), the place of the nearest parent that does.
   */
  place(location: Location): Place;
}

// --- x-castellan, as parsed (schemas/x-castellan.json) -------------------------------------------------------------

export interface Lifecycle {
  readonly state: 'draft' | 'published' | 'deprecated' | 'retired';
  /** Full dates, `2026-06-01`. */
  readonly deprecatedAt?: string | undefined;
  readonly sunset?: string | undefined;
  /** An operationId or a URL. */
  readonly successor?: string | undefined;
  /** URL of a page that says what callers are to do. */
  readonly information?: string | undefined;
}

export type Mode = 'enforce' | 'observe' | 'off';

/** A mode for both directions, or for each. */
export type ModeSetting = Mode | { readonly requests?: Mode | undefined; readonly responses?: Mode | undefined };

/** A finding of `castellan check` that is accepted for a while. */
export interface IgnoredFinding {
  readonly rule: string;
  /** operationId: only findings that touch it. */
  readonly operation?: string | undefined;
  /** JSON pointer: only findings at or below it. */
  readonly at?: string | undefined;
  readonly reason: string;
  /** Full date, the last day on which it is accepted. */
  readonly until: string;
}

/** `x-castellan` at the root of the document. */
export interface CastellanApi {
  readonly profile: Profile;
  readonly profileDeclared: boolean;
  readonly owner?: string | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly rateLimit?: readonly RateLimit[] | undefined;
  /** Over all operations together. */
  readonly budget?: Budget | undefined;
  readonly mode?: ModeSetting | undefined;
  readonly undocumented?: UndocumentedSetting | undefined;
  readonly leniency?: readonly Leniency[] | undefined;
  readonly ignore?: readonly IgnoredFinding[] | undefined;
  readonly context?: Readonly<Record<string, ContextType>> | undefined;
  readonly zone?: string | undefined;
  readonly actions?: readonly DeclaredAction[] | undefined;
}

/** An action that policies decide and that no operation is. */
export interface DeclaredAction {
  readonly name: string;
  /** Types of the objects that it is done to; the API as a whole where not said. */
  readonly resources?: readonly string[] | undefined;
}

/** `x-castellan` on an operation (or on its path item, merged in). */
export interface CastellanOperation {
  /** Whether the operation is a WebSocket: its upgrade is let in. */
  readonly upgrade?: 'websocket' | undefined;
  readonly owner?: string | undefined;
  readonly mode?: ModeSetting | undefined;
  readonly undocumented?: UndocumentedSetting | undefined;
  readonly leniency?: readonly Leniency[] | undefined;
  readonly page?: PageCap | undefined;
  readonly budget?: Budget | undefined;
  readonly rateLimit?: readonly RateLimit[] | undefined;
  readonly concurrency?: number | undefined;
  readonly resource?: { readonly type: string; readonly id?: string | undefined } | undefined;
  readonly resolve?: { readonly operation: string } | undefined;
  readonly flow?: FlowStep | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  /** Largest request body, bytes. */
  readonly maxBody?: number | undefined;
  /** `secret`: a refusal by policy is answered 404 instead of 403. */
  readonly existence?: 'public' | 'secret' | undefined;
  /** `remove`: objects that the caller may not read are taken out of an answer; otherwise the whole answer is withheld. */
  readonly denied?: 'withhold' | 'remove' | undefined;
  /** Nobody has business with the operation: any call of it is an incident, where attacks are looked for. */
  readonly canary?: boolean | undefined;
}

export interface CastellanParameter {
  /** Whether the value of a path parameter, which is its last segment, may hold slashes. */
  readonly slashes?: 'allow' | undefined;
  readonly sensitivity?: Sensitivity | undefined;
  readonly url?: UrlRestriction | undefined;
}

export type Sensitivity = 'public' | 'internal' | 'confidential' | 'personal' | 'secret';

export interface UrlRestriction {
  readonly schemes: readonly string[];
  readonly hosts?: readonly string[] | undefined;
  readonly private: 'deny' | 'allow';
}

/** `x-castellan` on a schema or property. */
export interface CastellanSchema {
  /** Name of the resource type that objects of this schema are. */
  readonly resource?: string | undefined;
  /** Name of the identifying property; `id` where not said. */
  readonly id?: string | undefined;
  /** Groups, scopes (`scope:x`) or a Cedar action (`action:x`) that may read / write the property. */
  readonly read?: readonly string[] | undefined;
  readonly write?: readonly string[] | undefined;
  /** On a property that names another object: the operation that a caller must be allowed on that object. */
  readonly action?: string | undefined;
  readonly sensitivity?: Sensitivity | undefined;
  readonly url?: UrlRestriction | undefined;
}
