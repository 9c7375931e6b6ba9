import { castellanOf, type Sensitivity } from '@castellan/contract';
import { mayBeText } from './text-value.ts';
import type { Field } from './fields.ts';
import { wordsOf } from './words.ts';

/** What kind of data a field holds, worst last. */
export const dataClasses = ['contact', 'personal', 'financial', 'special', 'secret'] as const;
/**
 * - `contact`: names, e-mail and postal addresses, telephone numbers
 * - `personal`: what identifies or locates a person: birth date, national id, passport, position
 * - `financial`: card and account numbers
 * - `special`: health, religion, ethnicity, union membership, sexual orientation, biometrics (GDPR article 9)
 * - `secret`: passwords, keys, tokens
 */
export type DataClass = (typeof dataClasses)[number];

/** The names, run together, that say a class by themselves; in English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish and Finnish. */
const NAMES: Readonly<Record<DataClass, string>> = {
  contact: `email emailaddress mail mailaddress phone phonenumber telephone telephonenumber mobile mobilenumber mobilephone cellphone
    firstname lastname givenname familyname surname fullname middlename birthname maidenname streetaddress homeaddress postaladdress
    billingaddress shippingaddress shopperemail shoppername shopperemailaddress useremail customeremail contactemail workemail personalemail
    vorname nachname familienname geburtsname telefon telefonnummer handynummer mobilnummer strasse hausnummer anschrift wohnadresse
    prenom nomdefamille nomcomplet courriel adressemail numerotelephone adressepostale
    apellido apellidos correo correoelectronico telefono numerotelefono domicilio direccionpostal
    cognome indirizzo codicepostale cellulare sobrenome telefone celular endereco
    voornaam achternaam telefoonnummer straatnaam huisnummer imie nazwisko telefonnumer fornamn efternamn etunimi sukunimi puhelinnumero sahkoposti`,
  personal: `birthdate dateofbirth birthday dob birthyear birthplace placeofbirth ssn socialsecuritynumber nationalid nationalidnumber
    nationalidentificationnumber taxid taxidnumber taxpayerid passport passportnumber passportno driverslicense driverlicense
    driverslicensenumber driverlicensenumber licenseplate idcardnumber identitycardnumber idnumber personalidentificationnumber
    ipaddress clientip remoteip geolocation latitude longitude gpscoordinates nationality maritalstatus gender mothersmaidenname
    geburtsdatum geburtstag geburtsort steuernummer steueridentifikationsnummer sozialversicherungsnummer personalausweisnummer
    reisepassnummer staatsangehoerigkeit geschlecht familienstand datedenaissance datenaissance lieudenaissance numerosecuritesociale
    nir fechanacimiento fechadenacimiento dni nie curp datadinascita codicefiscale datanascimento datadenascimento cpf geboortedatum
    bsn burgerservicenummer pesel dataurodzenia personnummer fodelsedatum henkilotunnus syntymaaika hetu`,
  financial: `iban bic bankaccount bankaccountnumber accountnumber routingnumber sortcode cardnumber creditcard creditcardnumber ccnumber pan
    debitcardnumber cardholdername kontonummer kreditkartennummer bankverbindung numerodecarte numerotarjeta numerocuenta
    numerocarta numerodocartao rekeningnummer numerkonta tilinumero salary gehalt salaire salario stipendio palkka`,
  special: `diagnosis diagnoses medication medications allergies bloodtype bloodgroup medicalrecord medicalrecordnumber medicalhistory healthdata
    healthstatus healthcondition patientid disability religion religiousbelief ethnicity ethnicorigin sexualorientation politicalopinion
    tradeunion fingerprintdata faceprint biometricdata diagnose krankenversichertennummer religionszugehoerigkeit diagnostic maladie
    diagnostico religione diagnoosi`,
  secret: `password passwd pwd passphrase passwordhash passwordsalt hashedpassword secret clientsecret secretkey secretaccesskey apikey apisecret
    privatekey accesstoken refreshtoken idtoken sessiontoken authtoken bearertoken securitycode cvv cvc cvv2 cvc2 pincode otpsecret
    totpsecret mfasecret recoverycode recoverycodes backupcodes webhooksecret hmackey signingkey encryptionkey
    passwort kennwort geheimnis motdepasse contrasena clave senha wachtwoord haslo losenord salasana parola`,
};

const BY_NAME: ReadonlyMap<string, DataClass> = new Map(
  dataClasses.flatMap((data) => NAMES[data].split(/\s+/).map((name) => [name, data] as const)),
);
/** Names that only end in one of these are of the class too: `shopperEmail`, `newPassword`, `ownerIban`. */
const LAST_WORDS: ReadonlyMap<string, DataClass> = new Map([
  ['email', 'contact'],
  ['password', 'secret'],
  ['passwort', 'secret'],
  ['iban', 'financial'],
  ['ssn', 'personal'],
]);
/** Words that say that the name speaks about the data and is not it: `passwordPolicy`, `emailVerified`. */
const ABOUT: ReadonlySet<string> = new Set(
  'type types policy required enabled verified confirmed settings url uri count status strength expiry expires expired expiration at age id ids template format hint present supported valid visible visibility allowed last lookup fingerprint name domain notification notifications'.split(
    ' ',
  ),
);

const known = new Map<string, DataClass | undefined>();

/** The class that a name alone says; undefined where it says none. */
export function classifyName(name: string): DataClass | undefined {
  if (known.has(name)) return known.get(name);
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  const whole = words.join('');
  let data = BY_NAME.get(whole);
  if (data === undefined && words.length > 1 && words.length < 5) {
    // `e_mail` and `account_holder_iban`; the last two words may be one: `home phone number`.
    const pair = words.slice(-2).join('');
    data =
      LAST_WORDS.get(last) ??
      (ABOUT.has(last) ? undefined : BY_NAME.get(words.slice(-3).join(''))) ??
      BY_NAME.get(pair);
  }
  if (known.size < 100_000) known.set(name, data);
  return data;
}

/** The class of data that a field holds: as `x-castellan.sensitivity` says, or by its name where its value could be such data. */
export function classify(field: Field): DataClass | undefined {
  const said = sensitivityOf(field);
  // A mark says how much harm there is; the name still tells a telephone number from a diagnosis.
  if (said === 'personal') return classifyName(field.name) ?? 'personal';
  if (said !== undefined) return bySensitivity[said];
  if (field.kind === 'body' || field.kind === 'map' || field.kind === 'header' || field.name === '') return undefined;
  const data = classifyName(field.name);
  return data !== undefined && mayBeText(field) ? data : undefined;
}

const bySensitivity: Readonly<Record<Sensitivity, DataClass | undefined>> = {
  public: undefined,
  internal: undefined,
  confidential: 'personal',
  personal: 'personal',
  secret: 'secret',
};

/** `x-castellan.sensitivity` of a field, or of the schema behind its reference. */
export function sensitivityOf(field: Field): Sensitivity | undefined {
  return (
    field.parameter?.castellan.sensitivity ??
    castellanOf(field.node.raw).sensitivity ??
    (field.target.raw === field.node.raw ? undefined : castellanOf(field.target.raw).sensitivity)
  );
}

/** The worse of two classes. */
export function worstClass(a: DataClass | undefined, b: DataClass): DataClass {
  return a !== undefined && dataClasses.indexOf(a) > dataClasses.indexOf(b) ? a : b;
}
