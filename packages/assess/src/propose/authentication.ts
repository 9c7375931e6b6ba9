import type { Contract, Operation } from '@castellan/contract';
import { pathOf, rootOf } from '../posture/patch.ts';
import { isBeforeLogin, isHealth, isInboundWebhook } from '@castellan/meaning';
import type { OverlayAction } from '../findings/finding.ts';
import { isPrivileged } from './groups.ts';
import { asOne, type Proposal, type Question } from './model.ts';
import { kebab } from './cedar.ts';
import { callersOf, isKnown, times, type Run } from './run.ts';

/**
 * Operations that the document leaves open and that nobody called without a credential: who is not known has no groups and owns
 * nothing, so that no rule could let anybody in.
 */
export function authenticationProposals(run: Run): { proposals: Proposal[]; questions: Question[] } {
  const { contract } = run.surface;
  const open = contract.operations.filter(
    ({ security }) => security.length === 0 || security.some(({ schemes }) => schemes.length === 0),
  );
  const scheme = schemeOf(run);
  const proposals: Proposal[] = [];
  const questions: Question[] = [];
  let declared = false;
  for (const operation of open) {
    const rows = run.of(operation.operationId);
    const isFor = !isBeforeLogin(operation) && !isHealth(operation) && !isInboundWebhook(operation);
    if (!isFor || rows.some(({ exchange }) => !isKnown(exchange))) continue;
    if (rows.length === 0 && !isPrivileged(operation)) continue;
    // What the document itself calls open is open, for those as well who did not come during the run.
    if (isDeclaredOpen(contract, operation) && !isPrivileged(operation) && operation.method === 'GET') continue;
    const target = pathOf(contract, operation.location);
    if (scheme === undefined || target === undefined) {
      questions.push(question(operation));
      continue;
    }
    const action: OverlayAction = {
      target,
      description: `${operation.operationId} needs a credential`,
      update: { security: [{ [scheme.name]: [] }] },
    };
    const declaration = scheme.declaration !== undefined && !declared ? [scheme.declaration] : [];
    declared = true;
    proposals.push({
      id: `authenticate-${kebab(operation.operationId)}`,
      kind: 'authentication',
      basis: rows.length > 0 ? 'run' : 'document',
      title: `${operation.operationId} needs a credential`,
      reason:
        rows.length > 0
          ? 'the document lets everybody in, and each caller of the run showed a credential'
          : 'the document lets everybody in, and its name says that it is for few',
      rows: times(rows),
      callers: callersOf(rows),
      refused: 0,
      operations: [operation.operationId],
      overlay: [...declaration, action],
    });
  }
  const seen = proposals.filter(({ basis }) => basis === 'run');
  const title = `${seen.length} operations need a credential`;
  return {
    proposals: [...asOne(seen, 'authenticate', title), ...proposals.filter(({ basis }) => basis === 'document')],
    questions,
  };
}

/** Whether `security: []` stands on the operation itself, and is not only nowhere said. */
function isDeclaredOpen({ document }: Contract, { path, method }: Operation): boolean {
  const paths = (document as { paths?: Record<string, Record<string, { security?: unknown }>> }).paths;
  return paths?.[path]?.[method.toLowerCase()]?.security !== undefined;
}

function question(operation: Operation): Question {
  return {
    title: `Which credential does ${operation.method} ${operation.path} need?`,
    reason:
      'the document lets everybody in, each caller of the run showed a credential, and no scheme is declared for it',
    operations: [operation.operationId],
  };
}

/** The scheme that the credentials of the run are of: declared, or one that has to be. */
function schemeOf(run: Run): { readonly name: string; readonly declaration: OverlayAction | undefined } | undefined {
  const { contract } = run.surface;
  const kinds = new Set(
    run.rows.filter(({ exchange }) => isKnown(exchange)).map(({ exchange }) => exchange.caller.kind),
  );
  const declared = [...contract.securitySchemes.values()];
  const bearer = declared.filter((scheme) => scheme.type !== 'apiKey' && scheme.type !== 'mutualTLS');
  if (declared.length === 1 && declared[0] !== undefined) return { name: declared[0].name, declaration: undefined };
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== 'jwt' && kind !== 'bearer')) return undefined;
  if (bearer.length === 1 && bearer[0] !== undefined) return { name: bearer[0].name, declaration: undefined };
  const target = pathOf(contract, rootOf(contract));
  if (declared.length > 0 || target === undefined) return undefined;
  return {
    name: 'token',
    declaration: {
      target,
      description: 'Callers show a token',
      update: { components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } },
    },
  };
}
