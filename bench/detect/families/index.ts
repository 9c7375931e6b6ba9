import { bankFamily } from './bank.ts';
import { buildsFamily } from './builds.ts';
import { catalogueFamily } from './catalogue.ts';
import { fleetFamily } from './fleet.ts';
import { launchFamily } from './launch.ts';
import { logisticsFamily } from './logistics.ts';
import { newsFamily } from './news.ts';
import { partnersFamily } from './partners.ts';
import { schoolFamily } from './school.ts';
import { trackerFamily } from './tracker.ts';
import type { Family } from './traffic.ts';
import { transitFamily } from './transit.ts';
import { ticketsFamily } from './tickets.ts';
import { clinicFamily } from './clinic.ts';
import { gameFamily } from './game.ts';
import { taxFamily } from './tax.ts';
import { weatherFamily } from './weather.ts';
import { hotelFamily } from './hotel.ts';
import { payrollFamily } from './payroll.ts';
import { marketFamily } from './market.ts';
import { chatFamily } from './chat.ts';
import { portalFamily } from './portal.ts';
import { arenaFamily } from './arena.ts';
import { hooksFamily } from './hooks.ts';
import { batchFamily } from './batch.ts';
import { deskFamily } from './desk.ts';
import { syncFamily } from './sync.ts';
import { townhallFamily } from './townhall.ts';
import { presaleFamily } from './presale.ts';
import { libraryFamily } from './library.ts';
import { courierFamily } from './courier.ts';
import { brokerFamily } from './broker.ts';
import { viralFamily } from './viral.ts';
import { assistantsFamily } from './assistants.ts';
import { meshFamily } from './mesh.ts';
import { datingFamily } from './dating.ts';
import { ledgerFamily } from './ledger.ts';
import { photosFamily } from './photos.ts';
import { tillsFamily } from './tills.ts';

/** Kinds of honest traffic, in the order in which they were written: each met the detectors as they were then. */
export const families: readonly Family[] = [
  bankFamily,
  logisticsFamily,
  fleetFamily,
  schoolFamily,
  trackerFamily,
  newsFamily,
  buildsFamily,
  catalogueFamily,
  viralFamily,
  partnersFamily,
  launchFamily,
  transitFamily,
  ticketsFamily,
  clinicFamily,
  gameFamily,
  taxFamily,
  weatherFamily,
  hotelFamily,
  payrollFamily,
  marketFamily,
  chatFamily,
  portalFamily,
  arenaFamily,
  hooksFamily,
  batchFamily,
  deskFamily,
  syncFamily,
  townhallFamily,
  presaleFamily,
  libraryFamily,
  courierFamily,
  brokerFamily,
  assistantsFamily,
  meshFamily,
  datingFamily,
  ledgerFamily,
  photosFamily,
  tillsFamily,
];
