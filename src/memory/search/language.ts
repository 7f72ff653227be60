/** Languages in Latin letters that are told apart, besides English. The names are those of their stemmers. */
export const latinLanguages = [
  'german',
  'french',
  'spanish',
  'portuguese',
  'italian',
  'dutch',
  'swedish',
  'danish',
  'norwegian',
  'turkish',
] as const;
export type Language = 'english' | (typeof latinLanguages)[number];

/** Words that say nothing about what an English text is about. */
const english =
  'a about above after again against all am an and any are as at be because been before being below between both but by ' +
  'can could did do does doing down during each few for from further had has have having he her here hers herself him ' +
  'himself his how i if in into is it its itself just me more most my myself no nor not now of off on once only or other ' +
  'our ours ourselves out over own same she should so some such than that the their theirs them themselves then there ' +
  'these they this those through to too under until up very was we were what when where which while who whom why will ' +
  'with would you your yours yourself yourselves s t d ll m re ve don';

const stopWordLists: Readonly<Record<Language, string>> = {
  english,
  german:
    'der die das den dem des ein eine einen einem einer eines und oder aber nicht kein keine ist sind war waren wird werden ' +
    'wurde hat haben hatte ich du er sie es wir ihr mich mir dich dir ihn ihm uns mein meine meinen sein seine ihre ihren ' +
    'zu zum zur mit von vom für auf an am im in aus bei nach über unter vor bis um durch wie wo was wer wann warum welche ' +
    'welcher welches dass weil wenn als auch noch nur schon sehr mehr so soll kann können möchte doch hier da',
  french:
    'le la les un une des du de d l et ou mais ne pas est sont était a ont avait je tu il elle on nous vous ils elles me te ' +
    'se mon ma mes ton ta son sa ses notre votre leur leurs ce cette ces cet à au aux en dans par pour sur avec sans sous ' +
    'qui que quoi où quand comment pourquoi quel quelle quels quelles plus très aussi si y été être avoir fait j n s c qu',
  spanish:
    'el la los las un una unos unas de del al y o pero no es son era fue ha han había yo tú él ella nosotros ustedes ellos ' +
    'me te se le les lo mi mis tu su sus nuestro este esta estos estas ese esa a en por para con sin sobre entre desde ' +
    'hasta que qué quién cuál cuándo dónde cómo cuánto como si más muy también ya ser estar hay',
  portuguese:
    'o a os as um uma uns umas de do da dos das ao à e ou mas não é são era foi tem têm eu tu ele ela nós vocês eles me te ' +
    'se lhe meu minha seu sua nosso este esta esse essa em no na nos nas por pelo pela para com sem sobre entre até que quem ' +
    'qual quando onde como quanto se mais muito também já ser estar há',
  italian:
    'il lo la i gli le un uno una di del della dei delle dello a al alla ai e o ma non è sono era ha hanno io tu lui lei noi ' +
    'voi loro mi ti si ci vi mio mia suo sua nostro questo questa quello quella in nel nella per con senza su sul tra fra da ' +
    'dal che chi quale quando dove come quanto perché se più molto anche già essere',
  dutch:
    'de het een en of maar niet geen is zijn was waren heeft hebben had ik jij je hij zij ze wij we jullie mij me hem haar ' +
    'ons mijn uw hun deze dit die dat in op aan van voor met zonder over uit bij naar tot om door te wie wat waar wanneer ' +
    'waarom hoe welke als ook nog al zeer meer er wordt worden',
  swedish:
    'en ett den det de och eller men inte är var har hade jag du han hon vi ni mig dig sig min mitt din sin hans hennes vår ' +
    'denna detta i på av för med utan om till från vid under över som vem vad var när varför hur vilken att också ' +
    'mycket mer blir',
  danish:
    'en et den det de og eller men ikke er var har havde jeg du han hun vi i mig dig sig min mit din sin hans hendes vores ' +
    'denne dette på af for med uden om til fra ved under over som hvem hvad hvor hvornår hvorfor hvordan hvilken at også ' +
    'meget mere bliver',
  norwegian:
    'en ei et den det de og eller men ikke er var har hadde jeg du han hun vi dere meg deg seg min mitt din sin hans hennes ' +
    'vår denne dette i på av for med uten om til fra ved under over som hvem hva hvor når hvorfor hvordan hvilken at også ' +
    'mye mer blir',
  turkish:
    'bir ve veya ama değil mi mı mu mü bu şu o ben sen biz siz onlar benim senin onun bizim için ile gibi kadar daha çok en ' +
    'ne kim nerede ne zaman neden nasıl hangi var yok da de ki her olarak sonra önce',
};

const stopWords = new Map<Language, ReadonlySet<string>>(
  (Object.entries(stopWordLists) as [Language, string][]).map(([language, list]) => [
    language,
    new Set(list.split(' ')),
  ]),
);
/** Which languages have a word for a stop word. */
const speakers = new Map<string, Language[]>();
for (const [language, words] of stopWords) {
  for (const word of words) speakers.set(word, [...(speakers.get(word) ?? []), language]);
}

/** Hits that another language than English needs, so that one foreign word does not turn a text. */
const hitsMin = 2;
/** Letters that English words do without; they stand for a hit of any language but English. */
const foreignLetters = /[ßäöüåæøñçãõğışéèêàâùûîôœáíóúìò¿¡]/u;

/** Letters that only one of the languages has. */
const ownLetters: readonly (readonly [RegExp, Language])[] = [
  [/[ğşı]/u, 'turkish'],
  [/ß/u, 'german'],
  [/[ñ¿¡]/u, 'spanish'],
  [/ã|õ/u, 'portuguese'],
];

/** The language of the words of a text in Latin letters, by the small words in it; English where that does not tell. */
export function detectLanguage(words: readonly string[]): Language {
  const hits = new Map<Language, number>();
  let foreign = 0;
  for (const word of words) {
    if (foreignLetters.test(word)) {
      foreign = 1;
      for (const [letters, language] of ownLetters) {
        if (letters.test(word)) hits.set(language, (hits.get(language) ?? 0) + 1);
      }
    }
    for (const language of speakers.get(word) ?? []) hits.set(language, (hits.get(language) ?? 0) + 1);
  }
  const ofEnglish = hits.get('english') ?? 0;
  let best: Language = 'english';
  let most = Math.max(ofEnglish, hitsMin - 1);
  for (const language of latinLanguages) {
    const count = (hits.get(language) ?? 0) > 0 ? (hits.get(language) ?? 0) + foreign : 0;
    if (count > most) {
      most = count;
      best = language;
    }
  }
  return best;
}

/** Whether the word says nothing about what a text of the language is about. */
export function isStopWord(word: string, language: Language): boolean {
  return stopWords.get(language)?.has(word) ?? false;
}
