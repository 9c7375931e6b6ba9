/** What a name of a parameter, property or claim says of its values. */
export type NameKind =
  /** Values name a thing or a person: `id`, `ownerId`, `created_by`, `email`. */
  | 'identifier'
  /** Values are one of a few: `status`, `visibility`, `archived`. */
  | 'choice'
  /** Values are secret: nothing is kept of them. */
  | 'secret'
  | 'other';

const identifiers = new Set(
  'id ids uuid uuids guid guids uid uids sub subject owner owners user users username login email mail author authors creator assignee assignees account accounts tenant org organization organisation customer customers client member members reporter approver manager requester sender recipient by key ref slug handle team group project workspace'.split(
    ' ',
  ),
);
const choices = new Set(
  'status state type kind role roles visibility scope level category stage phase tier plan region public private archived published locked deleted enabled disabled active hidden draft admin shared confidential classification sensitivity'.split(
    ' ',
  ),
);
const secrets =
  /pass(?:word|wd|phrase|code)|secret|credential|^(?:pin|otp|cvv|cvc|ssn|iban|salt)$|(?:^|[^a-z])(?:pwd|pin|otp|cvv|cvc|ssn)$|api.?key|(?:access|private|signing|encryption|license).?key|token|jwt|cookie|authorization|signature|card.?number|hash$/i;

/** `vehicleid`, `orderuuid`, `useremail`: two words written as one. */
const joined =
  /^(?!.*(?:void|valid|paid|grid|solid|fluid|rapid|droid|steroid|hybrid|covid|acid|lipid|plaid|liquid|bid)$)[a-z]{2,}(?:[a-z]id|uuid|guid|email)$/;

/** Sorts a name by its last word: `resource.ownerId` is about an id. */
export function kindOfName(name: string): NameKind {
  if (secrets.test(name)) return 'secret';
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
  const last = words.at(-1) ?? '';
  if (identifiers.has(last) || joined.test(last)) return 'identifier';
  if (choices.has(last) || (words.length > 1 && (words[0] === 'is' || words[0] === 'has'))) return 'choice';
  return 'other';
}
