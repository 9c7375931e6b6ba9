import type { Profile } from '@castellan/contract';
import type { OwaspRisk } from '../findings/risk.ts';

/** How much work it is to put a control in place: minutes, hours, days. */
export type Effort = 'minutes' | 'hours' | 'days';

/** What stops a threat. Evidence is kept per control. */
export interface Control {
  readonly title: string;
  readonly owasp: OwaspRisk;
  /** The mildest profile that asks for it. */
  readonly from: Profile;
  readonly effort: Effort;
  /** Whether a guard can enforce it while requests pass; the others are in the deployment or in how people work. */
  readonly guarded: boolean;
  /** What to do, in one imperative sentence without a full stop. */
  readonly mend: string;
}

const control = (
  title: string,
  owasp: OwaspRisk,
  from: Profile,
  effort: Effort,
  guarded: boolean,
  mend: string,
): Control => ({ title, owasp, from, effort, guarded, mend });

/** Every control that a threat may need, by id. Ids are stable: evidence files name them. */
export const controls = {
  authentication: control(
    'Callers are authenticated',
    'API2:2023',
    'internal',
    'minutes',
    true,
    'declare a security requirement',
  ),
  'strong-authentication': control(
    'The credential is strong',
    'API2:2023',
    'standard',
    'days',
    true,
    'replace Basic and long-lived keys by OAuth 2.0 tokens or mutual TLS',
  ),
  'sender-constraint': control(
    'A stolen token is of no use',
    'API2:2023',
    'bank',
    'days',
    true,
    'bind tokens to the client: DPoP or mutual TLS',
  ),
  'credential-out-of-url': control(
    'No credential travels in a URL',
    'API2:2023',
    'internal',
    'hours',
    true,
    'take the credential in a header field',
  ),
  'scope-separation': control(
    'Reading and changing need different rights',
    'API5:2023',
    'standard',
    'hours',
    true,
    'ask for a scope of its own',
  ),
  'function-authorization': control(
    'Functions for few are closed to the others',
    'API5:2023',
    'internal',
    'hours',
    true,
    'ask for a scope or role of its own, and write a policy for it',
  ),
  'object-authorization': control(
    'Each object is authorized',
    'API1:2023',
    'internal',
    'hours',
    true,
    'declare the resource that the operation acts on, and write a policy for it',
  ),
  'property-read': control(
    'Sensitive properties are given only to those who may read them',
    'API3:2023',
    'standard',
    'minutes',
    true,
    'say who may read the property',
  ),
  'property-write': control(
    'Decisive properties can be written only by those who may',
    'API3:2023',
    'internal',
    'minutes',
    true,
    'make the property readOnly, or say who may write it',
  ),
  'input-validation': control(
    'Requests are validated strictly',
    'API8:2023',
    'internal',
    'hours',
    true,
    'describe the request completely',
  ),
  'output-validation': control(
    'Responses hold only what is documented',
    'API3:2023',
    'standard',
    'hours',
    true,
    'describe the response with a schema',
  ),
  'rate-limit': control('Calls per time are limited', 'API4:2023', 'internal', 'minutes', true, 'declare a rate limit'),
  'page-limit': control('A page is bounded', 'API4:2023', 'internal', 'minutes', true, 'bound the page and the list'),
  'data-budget': control(
    'What one credential can take away is bounded',
    'API4:2023',
    'bank',
    'minutes',
    true,
    'declare a budget of records per time',
  ),
  'body-limit': control('Uploads are bounded', 'API4:2023', 'internal', 'minutes', true, 'declare the largest body'),
  'flow-control': control(
    'Order and pace of a sensitive flow are kept',
    'API6:2023',
    'standard',
    'minutes',
    true,
    'declare the flow with its pace',
  ),
  'url-restriction': control(
    'URLs from callers lead only where they may',
    'API7:2023',
    'internal',
    'minutes',
    true,
    'restrict where the URL may lead',
  ),
  'existence-secret': control(
    'Refusals do not tell what exists',
    'API1:2023',
    'bank',
    'minutes',
    true,
    'answer refusals with 404',
  ),
  'safe-errors': control(
    'Errors show no internal details',
    'API8:2023',
    'standard',
    'hours',
    true,
    'document one error format and use it',
  ),
  audit: control(
    'Who did what is recorded',
    'API8:2023',
    'standard',
    'minutes',
    true,
    'send the audit trail somewhere: audit in castellan.yaml',
  ),
  lifecycle: control(
    'Old versions end',
    'API9:2023',
    'standard',
    'minutes',
    true,
    'give the deprecated operation a sunset date',
  ),
  ownership: control('Somebody answers for the API', 'API9:2023', 'standard', 'minutes', false, 'name the owner'),
  'third-party-contract': control(
    'Answers of third parties are checked',
    'API10:2023',
    'standard',
    'hours',
    true,
    'give the third party a contract and call it through the guard',
  ),
  'transport-encryption': control(
    'Traffic is encrypted',
    'API8:2023',
    'internal',
    'hours',
    false,
    'speak TLS 1.2 or later',
  ),
  'internal-encryption': control(
    'Traffic behind the entry is encrypted',
    'API8:2023',
    'bank',
    'hours',
    false,
    'speak TLS inside as well',
  ),
  'network-isolation': control(
    'Only what must be reachable is',
    'API8:2023',
    'internal',
    'minutes',
    false,
    'publish no port, or only on loopback',
  ),
  'secret-storage': control(
    'Secrets are kept out of files',
    'API8:2023',
    'internal',
    'hours',
    false,
    'take the secret from a secret store or the environment, and rotate the one that was written',
  ),
  'store-authentication': control(
    'Stores ask for a credential that is not well known',
    'API8:2023',
    'internal',
    'minutes',
    false,
    'set a random password from a secret store',
  ),
  'environment-separation': control(
    'Environments share no store',
    'API9:2023',
    'standard',
    'days',
    false,
    'give each environment a store of its own',
  ),
  'least-privilege': control(
    'Processes have no rights that they do not need',
    'API8:2023',
    'standard',
    'hours',
    false,
    'drop the privilege',
  ),
  'no-debug': control('Nothing runs in debug mode', 'API8:2023', 'internal', 'minutes', false, 'switch it off'),
  'storage-encryption': control(
    'Data at rest is encrypted',
    'API8:2023',
    'standard',
    'hours',
    false,
    'encrypt the storage',
  ),
  classification: control(
    'Personal data is known as such',
    'API3:2023',
    'standard',
    'minutes',
    true,
    'say how sensitive the property is',
  ),
  'subject-rights': control(
    'People can see and erase their data',
    'API3:2023',
    'standard',
    'days',
    false,
    'offer operations to read and to erase a person',
  ),
  retention: control(
    'Personal data is kept no longer than needed',
    'API3:2023',
    'bank',
    'days',
    false,
    'decide how long each class of data is kept, and write it down in the review',
  ),
} as const satisfies Readonly<Record<string, Control>>;

/** The stable id of a control: `object-authorization`. */
export type ControlId = keyof typeof controls;

export const controlIds = Object.keys(controls) as readonly ControlId[];

const order: readonly Profile[] = ['toy', 'internal', 'standard', 'bank'];

/** Whether a profile asks for a control. */
export function isAsked(id: ControlId, profile: Profile): boolean {
  return order.indexOf(profile) >= order.indexOf(controls[id].from);
}
