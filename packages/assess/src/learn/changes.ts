import { isJson, type Contract } from '@castellan/contract';
import { causeOf, type Change } from './change.ts';
import { relaxHeader } from './edits/headers.ts';
import { addOperation } from './edits/operations.ts';
import { addAnswerType, addAnyFile, allowEmpty, addParameter, addRequestType, addStatus } from './edits/parts.ts';
import { addProperty } from './edits/properties.ts';
import { allowNotation, notationOf } from './edits/leniency.ts';
import { repeat, retype } from './edits/parameters.ts';
import { relax } from './edits/relax.ts';
import type { Editor } from './editor.ts';
import { inferSchema } from './infer.ts';
import { MergedBody, nameOf, parentOf } from './look.ts';
import { siteOf, speechOf, type OperationSite } from './operation-site.ts';
import type { OperationRun, SeenMismatch } from './run.ts';
import { judgeAnsweredBy, judgeSeen, judgeSent, safe, worst, type Judged } from './verdict.ts';

/** The changes that would make a document say what was seen, in the order in which they are made. */
export function changesOf(
  contract: Contract,
  runs: readonly OperationRun[],
  wanted: (mismatch: string) => boolean = () => true,
): Change[] {
  const changes = runs.flatMap((run) => [
    ...(run.operation === undefined ? undocumented(contract, run) : documented(contract, run, wanted)),
  ]);
  return changes.sort((a, b) => order(a) - order(b));
}

/** What makes room for other changes comes first. */
const stages: readonly (readonly string[])[] = [
  [
    'undocumented operation',
    'undocumented status',
    'undocumented media type',
    'undocumented body',
    'undocumented parameter',
  ],
  ['undocumented request property', 'undocumented answer property'],
];

function order({ cause }: Change): number {
  const index = stages.findIndex((stage) => stage.includes(cause));
  return index === -1 ? stages.length : index;
}

function* undocumented(contract: Contract, run: OperationRun): Generator<Change> {
  const { seen } = run.accepted;
  const isDocumented = contract.operations.some(({ method, path }) => method === run.method && path === run.path);
  if (seen.times === 0 || isDocumented) return;
  const names = [...run.parameters.keys()].filter((key) => key.startsWith('query ')).map((key) => key.slice(6));
  const sent = [...run.requests.values()].flatMap((body) => propertiesOf(body));
  const shown = [...run.answers]
    .filter(([status]) => status < 400)
    .flatMap(([, bodies]) => [...bodies.values()].flatMap(propertiesOf));
  const isOpen = run.anonymous.times > 0 && contract.securitySchemes.size > 0;
  const judged = worst(
    /(?:^|\/)(?:admin|internal|debug|private|_)/i.test(run.path)
      ? { verdict: 'question', why: 'its path names something internal of the service' }
      : safe,
    isOpen ? { verdict: 'question', why: 'it was called without a credential' } : safe,
    judgeSeen(seen),
    ...[...names, ...sent].map((name) => softened(judgeSent(name, { ...seen, callers: Math.max(2, seen.callers) }))),
    ...shown.map(judgeAnsweredBy(run)),
  );
  yield {
    operation: run.name,
    cause: 'undocumented operation',
    what: `there is an operation ${run.name}, which answers ${[...run.statuses.keys()].sort((a, b) => a - b).join(', ')}`,
    seen,
    ...judged,
    apply: (editor) => addOperation(editor, contract, run, speechOf(contract)),
  };
}

/** Of an operation that is new as a whole, no name is an attack by itself: somebody has to look. */
function softened(judged: Judged): Judged {
  return judged.verdict === 'attack' ? { ...judged, verdict: 'question' } : judged;
}

function propertiesOf(body: MergedBody): string[] {
  return [...body.places.keys()]
    .map((at) => nameOf(parentOf(at)[1]))
    .filter((name) => name !== '' && name !== '*' && name !== '{}');
}

function* documented(contract: Contract, run: OperationRun, wanted: (mismatch: string) => boolean): Generator<Change> {
  for (const [key, mismatch] of run.mismatches) {
    if (!wanted(key)) continue;
    const change = changeFor(contract, run, mismatch);
    if (change !== undefined) yield change;
  }
}

function changeFor(contract: Contract, run: OperationRun, mismatch: SeenMismatch): Change | undefined {
  // What the server refused as well tells nothing of what it takes.
  const counter = mismatch.in === 'answer' ? mismatch.all : mismatch.accepted;
  const { seen } = counter;
  if (seen.times === 0) return undefined;
  const made =
    mismatch.in === 'parameters'
      ? ofParameter(run, mismatch)
      : mismatch.in === 'request'
        ? ofRequest(run, mismatch)
        : ofAnswer(run, mismatch);
  if (made === undefined) return undefined;
  const { apply, judged = safe, harmless, ...rest } = made;
  const { operation } = run;
  return {
    operation: run.name,
    seen,
    mismatch: causeOf(mismatch),
    ...rest,
    ...(mismatch.in === 'answer' || harmless === true ? judged : worst(judged, judgeSeen(seen))),
    apply(editor) {
      const site = operation === undefined ? undefined : siteOf(editor, contract, operation);
      return site !== undefined && apply(editor, site);
    },
  };
}

/** Keywords that say of a property that no schema names it. */
const unnamed = new Set([
  'undocumented-property',
  'additionalProperties',
  'unevaluatedProperties',
  'readOnly',
  'writeOnly',
]);

interface Made extends Pick<Change, 'cause' | 'what'> {
  readonly judged?: Judged | undefined;
  /** Whether it is so little that one caller is enough. */
  readonly harmless?: boolean | undefined;
  readonly apply: (editor: Editor, site: OperationSite) => boolean;
}

function ofParameter(run: OperationRun, { at, keyword, accepted }: SeenMismatch): Made | undefined {
  const [place = '', ...rest] = at.slice(1).split('/');
  const name = nameOf(rest[0] ?? '');
  if (place === '' || name === '') return undefined;
  const look = run.parameters.get(`${place} ${name}`);
  if (keyword === 'undocumented-parameter') {
    if (place !== 'query' || look === undefined) return undefined;
    return {
      cause: 'undocumented parameter',
      what: `the query parameter '${name}' may be sent`,
      judged: judgeSent(name, accepted.seen),
      apply: (editor, site) => addParameter(editor, site, name, look),
    };
  }
  const what = `${place} parameter '${name}'`;
  if (keyword === 'required' && rest.length === 1)
    return {
      cause: 'parameter',
      what: `the ${what} may be left out`,
      apply(editor, site) {
        const parameter = site.parameter(place, name);
        if (parameter === undefined || place === 'path') return false;
        editor.remove(`${parameter}/required`);
        return true;
      },
    };
  const notation = look === undefined ? undefined : notationOf(keyword, look.forms.keys());
  if (notation !== undefined)
    return {
      cause: 'parameter',
      what: `the ${what} may be written as the leniency ${notation} says`,
      apply: (editor, site) => allowNotation(editor, site, notation),
    };
  return {
    cause: 'parameter',
    what: `the ${what} may have values that its ${keyword} does not take`,
    apply(editor, site) {
      const parameter = site.parameter(place, name);
      const root = parameter === undefined ? undefined : site.parameterSchema(parameter);
      if (root === undefined) return false;
      if (keyword === 'type' && rest.length === 1) return retype(editor, root);
      if (keyword === 'duplicate-parameter') return repeat(editor, parameter ?? '', root, site.speech);
      const below = rest
        .slice(1)
        .map((token) => `/${/^\d+$/.test(token) ? '*' : token}`)
        .join('');
      return relax(editor, { root, at: below, keyword, body: new MergedBody(), speech: site.speech, sent: true });
    },
  };
}

function ofRequest(run: OperationRun, { at, keyword, type = '', accepted }: SeenMismatch): Made | undefined {
  const body = run.requests.get(type);
  if (keyword === 'missing-body')
    return {
      cause: 'request',
      what: 'the request may have no body',
      apply(editor, site) {
        if (site.body === undefined) return false;
        editor.remove(`${site.body}/required`);
        return true;
      },
    };
  if (body === undefined) return undefined;
  if (keyword === 'undocumented-body' || keyword === 'undocumented-media-type') {
    const names =
      keyword === 'undocumented-body' ? propertiesOf(body).map((name) => judgeSent(name, accepted.seen)) : [];
    if (type === '') return undefined;
    return {
      cause: keyword === 'undocumented-body' ? 'undocumented body' : 'undocumented media type',
      what: `the request may have a body of media type ${type}`,
      judged: worst(...names.map(softened)),
      apply: (editor, site) => addRequestType(editor, site, type, body),
    };
  }
  if (unnamed.has(keyword)) {
    const [parent, token] = parentOf(at);
    const name = nameOf(token);
    return {
      cause: 'undocumented request property',
      what: token === '{}' ? `requests may have any key ${placeText(parent)}` : `requests may have the property ${at}`,
      judged: token === '{}' ? anyKey : judgeSent(name, accepted.seen),
      apply(editor, site) {
        const root = site.requestSchema(type);
        if (root === undefined) return false;
        const schema = inferSchema(body, at, name, site.speech);
        const beside = body.childrenOf(parent).map(nameOf);
        return addProperty(editor, { root, at: parent, name: keyless(token), schema, beside, answered: false });
      },
    };
  }
  const nothing = keyword === 'type' && accepted.seen.callers < 2 ? onlyNull(body, at) : undefined;
  if (nothing !== undefined)
    return {
      cause: 'request',
      what: `requests may have null ${placeText(at)}`,
      // What names nothing gives nobody anything; where the name decides something, its absence may too.
      judged: judgeSent(nameOf(parentOf(at)[1]), { ...accepted.seen, callers: 2 }),
      harmless: true,
      apply(editor, site) {
        const root = site.requestSchema(type);
        return (
          root !== undefined && relax(editor, { root, at, keyword, body: nothing, speech: site.speech, sent: true })
        );
      },
    };
  const notation = isJson(type) ? notationOf(keyword, body.places.get(at)?.forms.keys() ?? []) : undefined;
  if (notation !== undefined)
    return {
      cause: 'request',
      what: `requests may have texts ${placeText(at)} as the leniency ${notation} says`,
      apply: (editor, site) => allowNotation(editor, site, notation),
    };
  return {
    cause: 'request',
    what: `requests may ${valueText(at, keyword, body)}`,
    ...(keyword === 'enum' || keyword === 'const' ? { judged: unknownChoice } : {}),
    apply(editor, site) {
      const root = site.requestSchema(type);
      return root !== undefined && relax(editor, { root, at, keyword, body, speech: site.speech, sent: true });
    },
  };
}

/** A body in which nothing but null was seen at a place; undefined where it never was. */
function onlyNull(body: MergedBody, at: string): MergedBody | undefined {
  const times = body.places.get(at)?.types.get('null');
  if (times === undefined) return undefined;
  const nothing = new MergedBody();
  nothing.merge({ places: [{ at, types: { null: 1 } }] }, times, '');
  return nothing;
}

const unknownChoice: Judged = {
  verdict: 'question',
  why: 'no values are recorded, so that the one that is missing in the list has to be added by hand',
};

function ofAnswer(run: OperationRun, { at, keyword, status = 0, type = '' }: SeenMismatch): Made | undefined {
  const bodies = run.answers.get(status);
  const judgeShown = judgeAnsweredBy(run);
  if (bodies === undefined || status < 200) return undefined;
  if (keyword === 'undocumented-status') {
    const shown = [...bodies.values()].flatMap(propertiesOf);
    return {
      cause: 'undocumented status',
      what: `the operation answers with status ${status}`,
      judged: worst(
        status >= 500 ? { verdict: 'question', why: 'a failure of the server is not meant to be' } : safe,
        ...(status < 400 ? shown.map(judgeShown) : []),
      ),
      apply: (editor, site) => addStatus(editor, site, status, bodies, `Observed status ${status}.`),
    };
  }
  const body = bodies.get(type);
  if (keyword === 'header-field') {
    const name = nameOf(at.split('/')[2] ?? '');
    return {
      cause: 'answer',
      what: `the header field '${name}' of status ${status} may be missing or another one`,
      apply: (editor, site) => relaxHeader(editor, site, status, name),
    };
  }
  if (keyword === 'empty-body')
    return {
      cause: 'answer',
      what: `status ${status} may have no body`,
      apply: (editor, site) => allowEmpty(editor, site, status, bodies.size > 1),
    };
  if (body === undefined) return undefined;
  if (keyword === 'undocumented-media-type') {
    if (type === '') return undefined;
    const files = isJson(type) || status >= 400 ? [] : filesAmong(bodies);
    if (files.length > 1)
      return {
        cause: 'undocumented media type',
        what: `status ${status} may have a file of any media type, as ${files.join(' and ')}`,
        apply: (editor, site) => addAnyFile(editor, site, status),
      };
    return {
      cause: 'undocumented media type',
      what: `status ${status} may have the media type ${type}`,
      judged: worst(...(status < 400 ? propertiesOf(body).map(judgeShown) : [])),
      apply: (editor, site) => addAnswerType(editor, site, status, type, body),
    };
  }
  if (unnamed.has(keyword)) {
    const [parent, token] = parentOf(at);
    const name = nameOf(token);
    const below = [...body.places.keys()]
      .filter((one) => one.startsWith(`${at}/`))
      .map((one) => nameOf(parentOf(one)[1]));
    return {
      cause: 'undocumented answer property',
      what:
        token === '{}'
          ? `answers with status ${status} have keys of their own ${placeText(parent)}`
          : `answers with status ${status} have the property ${at}`,
      judged: worst(...[name, ...below].map(judgeShown)),
      apply(editor, site) {
        const root = site.answerSchema(status, type);
        if (root === undefined) return false;
        const schema = inferSchema(body, at, name, site.speech);
        const beside = body.childrenOf(parent).map(nameOf);
        return addProperty(editor, { root, at: parent, name: keyless(token), schema, beside, answered: true });
      },
    };
  }
  return {
    cause: 'answer',
    what: `answers with status ${status} may ${valueText(at, keyword, body)}`,
    apply(editor, site) {
      const root = site.answerSchema(status, type);
      return root !== undefined && relax(editor, { root, at, keyword, body, speech: site.speech, sent: false });
    },
  };
}

/** Media types of what is no JSON: several of them are those of files that somebody stored. */
function filesAmong(bodies: ReadonlyMap<string, MergedBody>): string[] {
  const names = [...bodies.keys()].map((type) => type.split(';', 1)[0] ?? '');
  return [...new Set(names)].filter((type) => type !== '' && !isJson(type));
}

/** What values are that a keyword does not take. */
function valueText(at: string, keyword: string, body: MergedBody): string {
  const place = placeText(at);
  if (keyword === 'required') return `lack ${at}`;
  if (keyword === 'type') return `have ${[...(body.places.get(at)?.types.keys() ?? [])].join(' or ')} ${place}`;
  if (keyword === 'format') return `have texts ${place} that are not of the format`;
  return `have values ${place} that ${keyword} does not take`;
}

function placeText(at: string): string {
  return at === '' ? 'as a whole' : `at ${at}`;
}

/** The name of a property; undefined for keys of a map. */
function keyless(token: string): string | undefined {
  return token === '{}' ? undefined : nameOf(token);
}

const anyKey: Judged = { verdict: 'question', why: 'whoever sends it chooses the names' };
