/**
 * How far time zones are from UTC. Source: the IANA time zone database, release 2025b, public domain: the rule at the end of
 * each zone's file, which holds for all times from now on.
 *
 * One rule per line, then its zones: minutes east of UTC; where clocks change also the minutes in summer, and when summer
 * begins and ends: `M3.5.0/1` is the last (fifth) Sunday of March at one o'clock of the time that ends then, two if none is
 * given. A line that begins with a space goes on.
 * Abridged: Morocco's month of Ramadan, which the rules leave out, and times before 2026 are as the rule says.
 */
const TABLE = `
-720: Etc/GMT+12
-660: Etc/GMT+11 Pacific/Midway Pacific/Niue Pacific/Pago_Pago Pacific/Samoa US/Samoa
-600 -540 M3.2.0 M11.1.0: America/Adak America/Atka US/Aleutian
-600: HST Etc/GMT+10 Pacific/Honolulu Pacific/Johnston Pacific/Rarotonga Pacific/Tahiti US/Hawaii
-570: Pacific/Marquesas
-540 -480 M3.2.0 M11.1.0: America/Anchorage America/Juneau America/Metlakatla America/Nome America/Sitka
  America/Yakutat US/Alaska
-540: Etc/GMT+9 Pacific/Gambier
-480 -420 M3.2.0 M11.1.0: PST8PDT America/Ensenada America/Los_Angeles America/Santa_Isabel America/Tijuana
  America/Vancouver Canada/Pacific Mexico/BajaNorte US/Pacific
-480: Etc/GMT+8 Pacific/Pitcairn
-420 -360 M3.2.0 M11.1.0: MST7MDT Navajo America/Boise America/Cambridge_Bay America/Ciudad_Juarez America/Denver
  America/Edmonton America/Inuvik America/Shiprock America/Yellowknife Canada/Mountain US/Mountain
-420: MST America/Creston America/Dawson America/Dawson_Creek America/Fort_Nelson America/Hermosillo America/Mazatlan
  America/Phoenix America/Whitehorse Canada/Yukon Etc/GMT+7 Mexico/BajaSur US/Arizona
-360 -300 M3.2.0 M11.1.0: CST6CDT America/Chicago America/Indiana/Knox America/Indiana/Tell_City America/Knox_IN
  America/Matamoros America/Menominee America/North_Dakota/Beulah America/North_Dakota/Center
  America/North_Dakota/New_Salem America/Ojinaga America/Rainy_River America/Rankin_Inlet America/Resolute
  America/Winnipeg Canada/Central US/Central US/Indiana-Starke
-360 -300 M9.1.6/22 M4.1.6/22: Chile/EasterIsland Pacific/Easter
-360: America/Bahia_Banderas America/Belize America/Chihuahua America/Costa_Rica America/El_Salvador America/Guatemala
  America/Managua America/Merida America/Mexico_City America/Monterrey America/Regina America/Swift_Current
  America/Tegucigalpa Canada/Saskatchewan Etc/GMT+6 Mexico/General Pacific/Galapagos
-300 -240 M3.2.0 M11.1.0: EST5EDT America/Detroit America/Fort_Wayne America/Grand_Turk America/Indiana/Indianapolis
  America/Indiana/Marengo America/Indiana/Petersburg America/Indiana/Vevay America/Indiana/Vincennes
  America/Indiana/Winamac America/Indianapolis America/Iqaluit America/Kentucky/Louisville America/Kentucky/Monticello
  America/Louisville America/Montreal America/Nassau America/New_York America/Nipigon America/Pangnirtung
  America/Port-au-Prince America/Thunder_Bay America/Toronto Canada/Eastern US/East-Indiana US/Eastern US/Michigan
-300 -240 M3.2.0/0 M11.1.0/1: Cuba America/Havana
-300: EST Jamaica America/Atikokan America/Bogota America/Cancun America/Cayman America/Coral_Harbour America/Eirunepe
  America/Guayaquil America/Jamaica America/Lima America/Panama America/Porto_Acre America/Rio_Branco Brazil/Acre
  Etc/GMT+5
-240 -180 M3.2.0 M11.1.0: America/Glace_Bay America/Goose_Bay America/Halifax America/Moncton America/Thule
  Atlantic/Bermuda Canada/Atlantic
-240 -180 M9.1.6/24 M4.1.6/24: America/Santiago Chile/Continental
-240: America/Anguilla America/Antigua America/Aruba America/Barbados America/Blanc-Sablon America/Boa_Vista
  America/Campo_Grande America/Caracas America/Cuiaba America/Curacao America/Dominica America/Grenada
  America/Guadeloupe America/Guyana America/Kralendijk America/La_Paz America/Lower_Princes America/Manaus
  America/Marigot America/Martinique America/Montserrat America/Port_of_Spain America/Porto_Velho America/Puerto_Rico
  America/Santo_Domingo America/St_Barthelemy America/St_Kitts America/St_Lucia America/St_Thomas America/St_Vincent
  America/Tortola America/Virgin Brazil/West Etc/GMT+4
-210 -150 M3.2.0 M11.1.0: America/St_Johns Canada/Newfoundland
-180 -120 M3.2.0 M11.1.0: America/Miquelon
-180: America/Araguaina America/Argentina/Buenos_Aires America/Argentina/Catamarca America/Argentina/ComodRivadavia
  America/Argentina/Cordoba America/Argentina/Jujuy America/Argentina/La_Rioja America/Argentina/Mendoza
  America/Argentina/Rio_Gallegos America/Argentina/Salta America/Argentina/San_Juan America/Argentina/San_Luis
  America/Argentina/Tucuman America/Argentina/Ushuaia America/Asuncion America/Bahia America/Belem
  America/Buenos_Aires America/Catamarca America/Cayenne America/Cordoba America/Coyhaique America/Fortaleza
  America/Jujuy America/Maceio America/Mendoza America/Montevideo America/Paramaribo America/Punta_Arenas
  America/Recife America/Rosario America/Santarem America/Sao_Paulo Antarctica/Palmer Antarctica/Rothera
  Atlantic/Stanley Brazil/East Etc/GMT+3
-120 -60 M3.5.0/-1 M10.5.0/0: America/Godthab America/Nuuk America/Scoresbysund
-120: America/Noronha Atlantic/South_Georgia Brazil/DeNoronha Etc/GMT+2
-60 0 M3.5.0/0 M10.5.0/1: Atlantic/Azores
-60: Atlantic/Cape_Verde Etc/GMT+1
0 120 M3.5.0/1 M10.5.0/3: Antarctica/Troll
0 60 M3.5.0/1 M10.5.0: GB GB-Eire Portugal WET Atlantic/Canary Atlantic/Faeroe Atlantic/Faroe Atlantic/Madeira
  Europe/Belfast Europe/Guernsey Europe/Isle_of_Man Europe/Jersey Europe/Lisbon Europe/London
0: Factory GMT GMT+0 GMT-0 GMT0 Greenwich Iceland UCT UTC Universal Zulu Africa/Abidjan Africa/Accra Africa/Bamako
  Africa/Banjul Africa/Bissau Africa/Conakry Africa/Dakar Africa/Freetown Africa/Lome Africa/Monrovia
  Africa/Nouakchott Africa/Ouagadougou Africa/Sao_Tome Africa/Timbuktu America/Danmarkshavn Atlantic/Reykjavik
  Atlantic/St_Helena Etc/GMT Etc/GMT+0 Etc/GMT-0 Etc/GMT0 Etc/Greenwich Etc/UCT Etc/UTC Etc/Universal Etc/Zulu
60 0 M10.5.0 M3.5.0/1: Eire Europe/Dublin
60 120 M3.5.0 M10.5.0/3: CET MET Poland Africa/Ceuta Arctic/Longyearbyen Atlantic/Jan_Mayen Europe/Amsterdam
  Europe/Andorra Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Budapest Europe/Busingen
  Europe/Copenhagen Europe/Gibraltar Europe/Ljubljana Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Monaco
  Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague Europe/Rome Europe/San_Marino Europe/Sarajevo Europe/Skopje
  Europe/Stockholm Europe/Tirane Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Warsaw Europe/Zagreb Europe/Zurich
60: Africa/Algiers Africa/Bangui Africa/Brazzaville Africa/Casablanca Africa/Douala Africa/El_Aaiun Africa/Kinshasa
  Africa/Lagos Africa/Libreville Africa/Luanda Africa/Malabo Africa/Ndjamena Africa/Niamey Africa/Porto-Novo
  Africa/Tunis Etc/GMT-1
120 180 M3.4.4/26 M10.5.0: Israel Asia/Jerusalem Asia/Tel_Aviv
120 180 M3.4.4/50 M10.4.4/50: Asia/Gaza Asia/Hebron
120 180 M3.5.0 M10.5.0/3: Europe/Chisinau Europe/Tiraspol
120 180 M3.5.0/0 M10.5.0/0: Asia/Beirut
120 180 M3.5.0/3 M10.5.0/4: EET Asia/Famagusta Asia/Nicosia Europe/Athens Europe/Bucharest Europe/Helsinki Europe/Kiev
  Europe/Kyiv Europe/Mariehamn Europe/Nicosia Europe/Riga Europe/Sofia Europe/Tallinn Europe/Uzhgorod Europe/Vilnius
  Europe/Zaporozhye
120 180 M4.5.5/0 M10.5.4/24: Egypt Africa/Cairo
120: Libya Africa/Blantyre Africa/Bujumbura Africa/Gaborone Africa/Harare Africa/Johannesburg Africa/Juba
  Africa/Khartoum Africa/Kigali Africa/Lubumbashi Africa/Lusaka Africa/Maputo Africa/Maseru Africa/Mbabane
  Africa/Tripoli Africa/Windhoek Etc/GMT-2 Europe/Kaliningrad
180: Turkey W-SU Africa/Addis_Ababa Africa/Asmara Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala
  Africa/Mogadishu Africa/Nairobi Antarctica/Syowa Asia/Aden Asia/Amman Asia/Baghdad Asia/Bahrain Asia/Damascus
  Asia/Istanbul Asia/Kuwait Asia/Qatar Asia/Riyadh Etc/GMT-3 Europe/Istanbul Europe/Kirov Europe/Minsk Europe/Moscow
  Europe/Simferopol Europe/Volgograd Indian/Antananarivo Indian/Comoro Indian/Mayotte
210: Iran Asia/Tehran
240: Asia/Baku Asia/Dubai Asia/Muscat Asia/Tbilisi Asia/Yerevan Etc/GMT-4 Europe/Astrakhan Europe/Samara
  Europe/Saratov Europe/Ulyanovsk Indian/Mahe Indian/Mauritius Indian/Reunion
270: Asia/Kabul
300: Antarctica/Mawson Antarctica/Vostok Asia/Almaty Asia/Aqtau Asia/Aqtobe Asia/Ashgabat Asia/Ashkhabad Asia/Atyrau
  Asia/Dushanbe Asia/Karachi Asia/Oral Asia/Qostanay Asia/Qyzylorda Asia/Samarkand Asia/Tashkent Asia/Yekaterinburg
  Etc/GMT-5 Indian/Kerguelen Indian/Maldives
330: Asia/Calcutta Asia/Colombo Asia/Kolkata
345: Asia/Kathmandu Asia/Katmandu
360: Asia/Bishkek Asia/Dacca Asia/Dhaka Asia/Kashgar Asia/Omsk Asia/Thimbu Asia/Thimphu Asia/Urumqi Etc/GMT-6
  Indian/Chagos
390: Asia/Rangoon Asia/Yangon Indian/Cocos
420: Antarctica/Davis Asia/Bangkok Asia/Barnaul Asia/Ho_Chi_Minh Asia/Hovd Asia/Jakarta Asia/Krasnoyarsk
  Asia/Novokuznetsk Asia/Novosibirsk Asia/Phnom_Penh Asia/Pontianak Asia/Saigon Asia/Tomsk Asia/Vientiane Etc/GMT-7
  Indian/Christmas
480: Hongkong PRC ROC Singapore Antarctica/Casey Asia/Brunei Asia/Choibalsan Asia/Chongqing Asia/Chungking Asia/Harbin
  Asia/Hong_Kong Asia/Irkutsk Asia/Kuala_Lumpur Asia/Kuching Asia/Macao Asia/Macau Asia/Makassar Asia/Manila
  Asia/Shanghai Asia/Singapore Asia/Taipei Asia/Ujung_Pandang Asia/Ulaanbaatar Asia/Ulan_Bator Australia/Perth
  Australia/West Etc/GMT-8
525: Australia/Eucla
540: Japan ROK Asia/Chita Asia/Dili Asia/Jayapura Asia/Khandyga Asia/Pyongyang Asia/Seoul Asia/Tokyo Asia/Yakutsk
  Etc/GMT-9 Pacific/Palau
570 630 M10.1.0 M4.1.0/3: Australia/Adelaide Australia/Broken_Hill Australia/South Australia/Yancowinna
570: Australia/Darwin Australia/North
600 660 M10.1.0 M4.1.0/3: Antarctica/Macquarie Australia/ACT Australia/Canberra Australia/Currie Australia/Hobart
  Australia/Melbourne Australia/NSW Australia/Sydney Australia/Tasmania Australia/Victoria
600: Antarctica/DumontDUrville Asia/Ust-Nera Asia/Vladivostok Australia/Brisbane Australia/Lindeman
  Australia/Queensland Etc/GMT-10 Pacific/Chuuk Pacific/Guam Pacific/Port_Moresby Pacific/Saipan Pacific/Truk
  Pacific/Yap
630 660 M10.1.0 M4.1.0: Australia/LHI Australia/Lord_Howe
660 720 M10.1.0 M4.1.0/3: Pacific/Norfolk
660: Asia/Magadan Asia/Sakhalin Asia/Srednekolymsk Etc/GMT-11 Pacific/Bougainville Pacific/Efate Pacific/Guadalcanal
  Pacific/Kosrae Pacific/Noumea Pacific/Pohnpei Pacific/Ponape
720 780 M9.5.0 M4.1.0/3: NZ Antarctica/McMurdo Antarctica/South_Pole Pacific/Auckland
720: Kwajalein Asia/Anadyr Asia/Kamchatka Etc/GMT-12 Pacific/Fiji Pacific/Funafuti Pacific/Kwajalein Pacific/Majuro
  Pacific/Nauru Pacific/Tarawa Pacific/Wake Pacific/Wallis
765 825 M9.5.0/2:45 M4.1.0/3:45: NZ-CHAT Pacific/Chatham
780: Etc/GMT-13 Pacific/Apia Pacific/Enderbury Pacific/Fakaofo Pacific/Kanton Pacific/Tongatapu
840: Etc/GMT-14 Pacific/Kiritimati
`

/** A moment of each year: day of the week (0 is Sunday) in a week of a month, 5 being the last; seconds after its midnight. */
interface Turn {
  readonly month: number
  readonly week: number
  readonly weekday: number
  readonly second: number
}

export interface TimeZoneRule {
  /** Seconds east of UTC. */
  readonly standard: number
  readonly summer?: { readonly offset: number; readonly begins: Turn; readonly ends: Turn }
}

export const UTC: TimeZoneRule = { standard: 0 }

let rules: ReadonlyMap<string, TimeZoneRule> | undefined

/** The rule of a zone; undefined where none has this name. The empty name is UTC. */
export function timeZoneRule(name: string): TimeZoneRule | undefined {
  rules ??= readRules()
  return name === '' ? UTC : rules.get(name)
}

function readRules(): ReadonlyMap<string, TimeZoneRule> {
  const read = new Map<string, TimeZoneRule>()
  let rule = UTC
  for (const line of TABLE.trim().split('\n')) {
    const [head, zones] = line.startsWith(' ') ? [undefined, line] : (line.split(': ') as [string, string])
    if (head !== undefined) rule = readRule(head.split(' '))
    for (const zone of zones.trim().split(' ')) read.set(zone, rule)
  }
  return read
}

const readRule = ([standard = '0', summer, begins = '', ends = '']: readonly string[]): TimeZoneRule => ({
  standard: Number(standard) * 60,
  ...(summer === undefined
    ? {}
    : { summer: { offset: Number(summer) * 60, begins: readTurn(begins), ends: readTurn(ends) } }),
})

const readTurn = (text: string): Turn => {
  const [date = '', time = '2'] = text.slice(1).split('/')
  const [month = 1, week = 1, weekday = 0] = date.split('.').map(Number)
  const [hours = 0, minutes = 0] = time.replace('-', '').split(':').map(Number)
  const second = hours * 3600 + minutes * 60
  return { month, week, weekday, second: time.startsWith('-') ? -second : second }
}
