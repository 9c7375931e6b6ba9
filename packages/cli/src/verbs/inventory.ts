import { parseArguments } from '../arguments.ts';
import { subcommandOf } from '../subcommand.ts';
import { inventoryOptions, type InventoryCall } from '../inventory/arguments.ts';
import { attest } from '../inventory/attest.ts';
import { approve } from '../inventory/approve.ts';
import { backup } from '../inventory/backup.ts';
import { consumers } from '../inventory/consumers.ts';
import { contact } from '../inventory/contact.ts';
import { draft } from '../inventory/draft.ts';
import { exportAll } from '../inventory/export.ts';
import { ghosts } from '../inventory/ghosts.ts';
import { importAll } from '../inventory/import.ts';
import { list } from '../inventory/list.ts';
import { lifecycle } from '../inventory/lifecycle.ts';
import { next } from '../inventory/next.ts';
import { posture } from '../inventory/posture.ts';
import { restore } from '../inventory/restore.ts';
import { show } from '../inventory/show.ts';
import { template } from '../inventory/template.ts';
import type { ExitStatus, Verb } from '../verb.ts';

const help = `castellan inventory import|list|show|ghosts|posture|next|lifecycle|consumers|draft|export|… [options]

The inventory of all APIs: what is documented, where it runs, who owns it. See docs/inventory.md.

  import PATH…           OpenAPI documents, folders of them, castellan.yaml, Compose, Kubernetes, nginx, Envoy and Terraform files,
                         Backstage catalogs. A document that cannot be read is kept as unreadable, with the reason
    --api NAME           what the API is called (default: its name in castellan.yaml, or its title)
    --owner NAME         who answers for it
                         Access logs (nginx, Apache, Envoy, ALB, JSON lines; gzip and Zstandard too; - is standard
                         input), HAR files, Postman collections
                         What tests and scans proved (schemas/evidence.json)
    --environment NAME   where the components of deployment files run, or where the log is of
    --format NAME        nginx, apache, envoy, alb, json, har, postman (default: what the file looks like)
    --map KEY=NAME,…     of JSON lines: method, path, status, time, host, bytes, duration; a.b goes into members
  list                   every API: version, owner, state, operations, environments, data
    --owner NAME, --environment NAME, --limit N, --after ID
  template TEMPLATE      what undocumented paths are, corrected by hand and kept: '/users/{name}/orders'; --host NAME
  draft [FILE.har…]      an OpenAPI 3.1 document for what nothing documents: of the store's sightings, or of recordings, with schemas of
                         what the bodies look like
    --api ID, --environment NAME; --host NAME of a recording; --out FILE
  show API               one API: contract versions, deployments, operations
  ghosts                 shadow (seen, not documented), zombie (past its sunset and answering, old version), orphan (never seen, no
                         owner), unwatched (no audit trail), ghost-path (not production, and reaches what production reaches)
    --kind NAME, --api ID, --environment NAME
    --fail-on SEVERITY   exit 1 from critical, high (default), medium, low on; never
  posture [API]          what is declared, enforced and proven, as a score, and where each point went; policies on posture of
                         castellan.yaml: exit 1 where one is not met and nobody answers for it
  next [API]             what to do next, by points for its effort; --limit N, --environment NAME
  attest API             somebody looked at what no guard enforces: --control NAME --reason TEXT, --by NAME, --environment NAME
  lifecycle API          where it stands (draft, published, deprecated, retired), what may become of it and what is in the way
  lifecycle API STATE    makes it so: --reason TEXT, --sunset DATE, --successor NAME, --information URL, --operation ID,
                         --despite CONDITION,… sets aside what is in the way; --by NAME, --role NAME (default administrator)
  approve API STATE      somebody of security looked at a transition that another one makes: --by NAME --role security --reason TEXT
  consumers [API]        who still calls what is deprecated or ends, and whom to tell; --operation ID, --all
  contact PRINCIPAL      who a caller is: --name NAME, --contact ADDRESS, --told; or contact ISSUER SUBJECT
  export                 the whole inventory
    --format NAME        json (default), api-catalog (RFC 9727), csv, markdown, backstage, cyclonedx
    --out FILE           where it is written (default: printed)
  backup --out FILE      everything that the store holds, while a registry runs too
  restore FILE           a backup, into an empty store: --store file:FOLDER or postgres://…, whichever it was made of

  --store URL            file:FOLDER (default file:.castellan/registry, or store.url of castellan.yaml), or postgres://…
  --registry URL         a running castellan serve, with the key in CASTELLAN_REGISTRY_KEY (default: CASTELLAN_REGISTRY). One that has
                         the store's folder open on this machine is found by itself
  --json                 for programs (schemas/inventory-output.json)
`;

const subcommands: Readonly<Record<string, (call: InventoryCall) => Promise<ExitStatus>>> = {
  import: importAll,
  list,
  show,
  ghosts,
  export: exportAll,
  template,
  posture,
  next,
  attest,
  lifecycle,
  approve,
  consumers,
  contact,
  draft,
  backup,
  restore,
};

export const verb: Verb = {
  name: 'inventory',
  help,
  async run(args, terminal) {
    const [name, ...rest] = args;
    const subcommand = subcommandOf('inventory', subcommands, name);
    const { values, positionals } = parseArguments('inventory', rest, inventoryOptions);
    return subcommand({ values, positionals, terminal });
  },
};
