import type { Operation } from '@castellan/contract';
import { Vocabulary } from './vocabulary.ts';
import { decoded, endsInParameter, segmentsOf, wordsOf } from './words.ts';

const CHANGES =
  new Vocabulary(`delete remove destroy create update cancel revoke purge drop insert disable activate deactivate approve
  reject execute restart shutdown logout unsubscribe promote demote reset erase wipe truncate createdb dropdb resetdb initdb populate
  deleteall removeall resetdatabase createuser deleteuser updateuser removeuser adduser changepassword resetpassword
  loeschen anlegen erstellen aendern entfernen stornieren freigeben sperren zuruecksetzen
  supprimer effacer creer modifier annuler reinitialiser
  eliminar borrar crear actualizar modificar anular restablecer
  excluir apagar criar atualizar alterar remover`);
/** Verbs that stand at the end in German: `benutzer-loeschen`. */
const AT_THE_END = new Vocabulary(
  'loeschen anlegen erstellen aendern entfernen stornieren freigeben sperren zuruecksetzen',
);
/** Words that are a change only where the whole segment is one and something is sent along: `GET /transfer?amount=`. */
const WITH_AMOUNT = new Vocabulary(
  'transfer pay withdraw deposit send buy ueberweisen bezahlen payer pagar transferir',
);
/** What a sentence begins with that tells of a change. */
const TOLD = /^(?:deletes?|removes?|destroys?|creates? (?:an?|the|new)|updates? (?:an?|the)|resets?|loescht|löscht)\s/i;

/**
 * What says that an operation changes something, whatever its method: its path, its name, what it tells of itself, a parameter that lists
 * a change.
 * @returns the words that say it, beside the path; `''` where the path does; undefined where nothing does
 */
export function changeSaid(operation: Operation): string | undefined {
  const { path, parameters, operationId, operationIdDeclared, summary = '' } = operation;
  const words = endsInParameter(path) ? [] : wordsOf(decoded(segmentsOf(path).at(-1) ?? ''));
  const last = words.at(-1) ?? '';
  if (CHANGES.has(words[0] ?? '') || (words.length > 1 && AT_THE_END.has(last))) return '';
  const names = parameters.filter(({ in: where }) => where === 'query').map(({ name }) => wordsOf(name).at(-1) ?? '');
  if (
    words.length === 1 &&
    WITH_AMOUNT.has(last) &&
    names.some((name) => /^(?:amount|betrag|montant|importe|valor)$/.test(name))
  )
    return '';
  const id = operationIdDeclared ? wordsOf(operationId) : [];
  if (id.length > 1 && CHANGES.has(id[0] ?? '')) return operationId;
  if (TOLD.test(summary)) return summary.slice(0, 60);
  for (const { name, in: where, schema } of parameters) {
    const raw = schema?.raw;
    if (where !== 'query' || !/^(?:action|cmd|command|op|operation|method|aktion|accion|acao)$/i.test(name)) continue;
    const listed: unknown = typeof raw === 'object' ? raw['enum'] : undefined;
    const change = Array.isArray(listed)
      ? listed.find((one) => typeof one === 'string' && CHANGES.has(wordsOf(one)[0] ?? ''))
      : undefined;
    if (change !== undefined) return `${name}=${String(change)}`;
  }
  return undefined;
}
