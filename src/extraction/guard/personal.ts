import { anyOf, isA, type Statement } from './statement.ts';

const peoples =
  '(?:african[- ]americans?|afro-?\\w+|black(?= (?:wom[ae]n|m[ae]n|person|people|mother|father|family|guy|british|american|african|and (?:proud|hispanic|latin\\w+|female|male|my|we|i|they|he|she))|[.,;!?]|$)|white(?= (?:wom[ae]n|m[ae]n|person|people|mother|father|family|guy|british|american|and (?:proud|my|we|i|they|he|she))|[.,;!?]|$)|caucasian|(?:south|east|southeast)?[- ]?asian(?:[- ]american)?(?! (?:restaurant|cuisine|food|market|customer support))|latin[oax]s?|hispanics?|chican[oa]s?|roma(?:ni)?(?= (?:and|by|family|origin|woman|man|gypsy|traveller)|[.,;!?]|$)|gyps(?:y|ies)|irish travellers?|arabs?|kurd(?:s|ish)?|uyghurs?|hmong|tamils?|punjabi|pashtun|berber|yoruba|igbo|zulu|xhosa|hutu|tutsi|han chinese|s[aá]mi|inuit|native american|first nations?|cherokee|navajo|lakota|indigenous|aboriginal|torres strait islanders?|m[aā]ori|pacific islanders?|samoan|hawaiian|mixed[- ]race|bi-?racial|multi-?racial|half[- ](?:black|white|asian|japanese|chinese|african|indian|korean)|ashkenazi|sephardic|a person of colou?r|people of colou?r|poc|bame|brown(?=[.,;!?]|$))';
const orientations =
  '(?:gay|lesbians?|bisexual|bi(?=[.,;!?]|$| and | woman| man)|queer|trans(?:gender(?:ed)?|sexual)?(?=[.,;!?]|$| and| wom| m[ae]n| person| kid| child| son| daughter| so| who)|trans (?:wom[ae]n|m[ae]n)|non-?binary|asexual|pansexual|heterosexual|homosexual|straight(?=[.,;!?]|$| and (?:my|single|married|not)| m[ae]n| wom[ae]n)|intersex|gender ?fluid|lgbt\\w*\\+?|closeted|polyamorous|a swinger|celibate|a virgin|impotent)';

export const personalStatements: readonly Statement[] = [
  {
    category: 'ethnicity',
    except:
      /\bblack friday\b|\bwhite (?:glove|label|goods|plains|noise|house|paper|list\w*|space|board|wine|sofa)|\broma tomato\w*|\b(?:asian|indian|mexican|african|arab|hawaiian|m[aā]ori) (?:food|cuisine|restaurant|market|cooking|recipes?|art|pizza|shirt|grocer\w*|elephant|violet)\b|\b(?:country|place|airport|port|point) of origin\b|\b(?:horse|bike|boat|car|rat|human|sack|arms|foot|drag|relay|cycling) race\b|\brace (?:day|bike|car|number|track|entry|bib|fee|registration|results)\b/gi,
    says: [
      new RegExp(`\\b${isA} (?:\\w+ )?${peoples}`, 'i'),
      new RegExp(`\\bas (?:a|an) (?:\\w+ )?${peoples}`, 'i'),
      anyOf(
        "(?:my|our|his|her|their|customer['’]s) (?:\\w+ )?(?:ethnicity|ethnic (?:background|origin|group)|race\\b|racial (?:background|identity|origin)|skin colou?r|tribe|ancestry|heritage|ancestors|roots|bloodline)",
        '(?:of|with) (?:\\w+[- ]?){1,4}(?:descent|heritage|ancestry|ethnicity|ethnic origin|extraction|blood|roots)',
        'ethnic (?:minority|minorities|group|background|origin)|ethnically \\w+|racial(?:ly)? (?:minority|mixed|profiled|abus\\w+)|racis(?:t|m) (?:towards?|against) (?:me|us|my)',
        "(?:because|since|that) (?:i|we|he|she|they)(?: am| is| are| was| were|[’'](?:m|s|re)) (?:black|white|brown|asian|arab|latin[oax]|hispanic|roma|jewish|indian|african|mexican|foreign-looking|dark-skinned)",
        '(?:dark|brown|black|light|olive|white)[- ]skin(?:ned)?|middle eastern (?:descent|origin|background|family|man|woman)|(?:i|he|she|they|customer) (?:look|looks) (?:\\w+ )?(?:middle eastern|asian|arab|african|latino|indian|foreign)|identif(?:y|ies) as (?:an? )?(?:black|white|asian|latin[oax]|hispanic|indigenous|arab|african\\w*|mixed)',
        '(?:family|parents|grandparents|mother|father|grandmother|grandfather|wife|husband|ancestors|people|background|side|roots|origin) (?:is|are|was|were|being) (?:originally |all |both |ethnic(?:ally)? |half |part )?(?:armenian|kurdish|turkish|arab|berber|roma|jewish|tamil|punjabi|chechen|uyghur|hutu|tutsi|yoruba|igbo|m[aā]ori|inuit|cherokee|navajo|latino|hispanic|asian|black|african|caribbean|slavic|persian|assyrian|druze|tatar)',
        '(?:black|white|asian|latin[oa]|hispanic|african|arab|indigenous|roma|biracial|mixed[- ]race) (?:wom[ae]n|m[ae]n|famil(?:y|ies)|household|mother|father|parents?|mom|mum|dad|kids?|child(?:ren)?|girl|boy|couple|person|customer|community|grandmother|grandfather|wife|husband)',
        '(?:enrolled )?member of the (?:\\w+ ){1,3}(?:nation|tribe)|tribal (?:member|citizen|enrol\\w+)|speaks? for the tribe',
      ),
    ],
  },
  {
    category: 'sexuality',
    except:
      /\bgay (?:street|st\b|road|avenue|lussac)|\bgaylord\b|\bstraight (?:jeans|leg|cut|fit|line|away|up|forward|answer|through|to|from|into|back|hair\w*|talk|out|ahead|razor|edge)\b|\btrans(?:-?atlantic|-?pacific|-?siberian|it(?!ion)|fer)\w*|\bqueer eye\b|\bbi-?(?:weekly|monthly|annual|fold)\b|\bpride (?:in|of|and prejudice)\b|\b(?:sex|gender) of (?:the|my|our) (?:puppy|kitten|dog|cat|chicks?|baby|fish|hamster|rabbit)\b|\bsex and the city\b/gi,
    says: [
      new RegExp(`\\b${isA} (?:\\w+ )?${orientations}`, 'i'),
      /\b(?:my|his|her|their|our|customer['’]s) (?:\w+ )?(?:gay|lesbian|bisexual|trans|transgender|queer|non-?binary) (?:\w+)/i,
      anyOf(
        "(?:my|our|his|her|their|customer['’]s) (?:\\w+ )?(?:sexual(?: orientation| preferences?|ity)?|sex (?:life|drive|change|partners?|toys?)|gender (?:identity|transition|reassignment|dysphoria|affirm\\w+)|libido|coming out|dead ?name|kinks?|fetish|affair|mistress|infidelity|pronouns)",
        'sexual (?:orientation|identity|preference|history|partners?|relationship|dysfunction|abuse|assault)|sexuality',
        '(?:came|come|coming|out) (?:out )?(?:as (?:gay|lesbian|bi|bisexual|trans|queer|non-?binary)|of the closet|to (?:my|his|her|their) (?:parents|family))',
        'same[- ]sex (?:couple|marriage|partner|relationship|parents|household|spouse)|(?:two|our two) (?:moms|dads|mums)',
        "(?:slept|sleeps?|sleeping|had sex|having sex|hooks? up|hooked up) with|having an affair|had an affair|one[- ]night stand|cheat(?:ed|ing|s) on (?:my|his|her|their|me)|open (?:marriage|relationship)|sexually (?:active|attracted|assaulted|abused|harassed)|attracted to (?:men|women|both)|erectile|viagra|(?:transition|transitioning|transitioned) (?:from|to) (?:male|female|a (?:man|woman))|(?:is|am|are|was|[’']m|[’']s) (?:currently )?transitioning|born (?:male|female|intersex|a (?:boy|girl))|(?:wife|boyfriend|girlfriend|husband) (?:and i|and me) are (?:both )?(?:women|men)|sex worker|escort (?:services?|agency)|porn(?:ography)?|threesome|hormone (?:therapy|replacement)|in drag|lgbt\\w*|two (?:gay|married) (?:men|women)|we are two (?:men|women|husbands|wives)|(?:my|his) boyfriend and his|dating (?:men|women|a (?:man|woman)) (?:and|as)",
        '(?:grindr|tinder|adultfriendfinder|onlyfans) (?:account|profile|hookup|subscription|date)',
      ),
    ],
  },
  {
    category: 'genetic-biometric',
    except:
      /\b(?:fingerprint|biometric|face|iris|retina|thumbprint) (?:\w+ )?(?:reader|sensor|scanner|lock|unlock|login|feature|setting|safe|recognition (?:is|does|won|has stopped|stopped|fails|isn))\b.{0,25}\b(?:broken|fails?|failing|stopped|slow|faulty|dead|not work\w*|doesn[’']t|won[’']t|does not|isn[’']t|replace\w*|repair\w*|cracked|unresponsive)|\bgenetic algorithm\w*|\bdna (?:test )?(?:kit|order|lounge)\b.{0,30}\b(?:arriv\w+|deliver\w+|ship\w+|order\w*|refund|return|lost)|\bface ?id\b/gi,
    says: [
      anyOf(
        'dna (?:tests?|results?|profile|sample|match|sequence|report|analysis|on file)|genome|genom(?:ic|e) \\w+|genetic(?:ally)? (?:test\\w*|results?|mutation|disorder|condition|predispos\\w+|profile|markers?|screening|data|risk|variant|carrier|counsell?\\w+)|chromosom\\w+',
        "brca-?[12]?|(?:carries|carrier of|carry|inherited|has|have|with|positive for) (?:the|a|an) (?:[\\w'’-]+ ){0,3}(?:genes?|mutation|trait|variant|allele)|hereditary (?:disease|condition|cancer)",
        "(?:my|our|his|her|their|customer['’]s) (?:\\w+ )?(?:dna|genes|genetics|finger ?prints?|thumb ?prints?|palm ?prints?|voice ?prints?|face ?prints?|face (?:scan|template|geometry)|facial (?:scan|recognition|geometry|template|features)|iris(?:es)?(?: scan| pattern)?|retinas?(?: scan)?|biometrics?(?: (?:data|template|profile|id|information|records?|scan|photo))?|hand geometry|gait|vein pattern)",
        "(?:scans?|templates?|prints?|images?|recordings?|copy|copies|samples?|pictures?|photos?|measurements?|models?|maps?) of (?:my|our|his|her|their|customer['’]s) (?:\\w+ )?(?:face|iris(?:es)?|fingers?|finger ?prints?|retinas?|palms?|hands?|eyes?|voice|dna|thumbs?|genome|saliva|blood)",
        'paternity test|(?:23andme|ancestry(?:dna)?|myheritage) (?:\\w+ )?(?:results?|report|test|sample)|(?:saliva|blood|tissue|hair) sample|(?:sequenced|sequencing|sequence) (?:my|his|her|their)',
        '(?:finger ?print|iris|retina|palm|vein|face|voice) (?:template|hash|scan|data|pattern|sample)s?|biometric (?:data|templates?|profile|information|records?|identifiers?|enrol\\w+|photo|id)|(?:enrol\\w+|identified|verified|verify|recogni[sz]ed|authenticat\\w+|registered|log(?:s|ged)? in) (?:\\w+ ){0,3}(?:by|with|using|through|via) (?:\\w+ ){0,2}(?:finger ?prints?|face scan|iris\\w*|retina\\w*|voice ?print|biometrics?|palm)|finger ?printed',
      ),
    ],
  },
  {
    category: 'criminal-record',
    except:
      /\b(?:over|double|twice|wrongly )?charged (?:twice|again|for|me|us|with (?:shipping|a fee|vat|tax|the|an extra|postage|delivery)|(?:an )?extra)\b|\bprison break\b|\bjail-?break\w*|\barrested development\b|\bon probation (?:at|with|in) (?:my|the|a|his|her) (?:new )?(?:job|work|company|office|employer)|\bprobation(?:ary)? period\b|\bcrime (?:novel|fiction|series|drama|book|podcast|show)s?\b|\bprison (?:drama|series|movie|film|architect)\b|\bbail (?:out|on|me out)\b|\brecord (?:player|label|store|shop|deal)\b/gi,
    says: [
      anyOf(
        'convict(?:ed|ions?)(?: of| for)?|ex-?con(?:vict|s)?|felon(?:y|ies|s)?|misdemeano[u]?rs?|criminal (?:record|history|conviction|background|charges?|case|past|offen[cs]e)|police (?:record|caution)|rap sheet|prior offen[cs]es?|(?:previous|spent|prior) convictions?',
        '(?:was|were|been|got|get|is|being|are) (?:\\w+ )?(?:arrested|jailed|imprisoned|incarcerated|indicted|detained by police|sentenced|remanded|taken into custody|put in handcuffs|caught shoplifting)|arrested (?:for|in|on|by|last|at)|arrest record|my arrest',
        '(?:in|from|out of|to|at) (?:\\w+ )?(?:prison|jail|custody|juvie|a correctional facility|penitentiary)|(?:prison|jail|custodial|suspended) (?:sentence|time|term|record)|behind bars|locked up for|did time|served (?:time|\\w+ (?:years?|months?)(?: in| for| inside))',
        'on (?:parole|probation|bail|remand)|(?:parole|probation) officer|house arrest|ankle (?:monitor|bracelet|tag)|electronic tag|(?:released|got out|came out|home|back|free|escaped) (?:\\w+ )?(?:from|of) (?:prison|jail|custody|detention)|(?:under|facing) (?:investigation by|criminal|charges|trial|a (?:court|prison) \\w+|prosecution)|(?:arrest )?warrant (?:for|out)|(?:assault|drug|theft|fraud|weapons?|shoplifting|murder|burglary|robbery) (?:charges?|conviction|case|offen[cs]e)|accused of (?:\\w+ )?(?:theft|assault|fraud|murder|rape|stealing|shoplifting|embezzl\\w+)|(?:went|go|going|sent|been|back) to (?:prison|jail)|police (?:caution|custody|cell)|criminal (?:proceedings|court|trial|investigation)|community service order|restraining order|sex offender(?:s)?(?: regist\\w+)?|pleaded? (?:guilty|no contest)|pled guilty|plea (?:deal|bargain)|found guilty',
        'charged with (?:\\w+ ){0,3}(?:theft|assault|fraud|possession|murder|manslaughter|burglary|robbery|battery|trespass\\w*|driving|dui|shoplifting|vandalism|arson|embezzle\\w*|drug\\w*|a crime|an offen[cs]e|tax evasion|perjury|stalking|harassment|forgery)',
        'dui|dwi|drunk[- ]driving|drink[- ]driving|driving under the influence|sentenced to|halfway house|court[- ]ordered (?:rehab|community|anger)',
      ),
    ],
  },
];
