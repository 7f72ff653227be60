import { anyOf, lookalikes, type Statement } from '../statement.ts';

export const geneticBiometric: Statement = {
  category: 'genetic-biometric',
  except: lookalikes(
    "\\b(?:fingerprint|biometric|face|iris|retina|thumbprint) (?:\\w+ )?(?:reader|sensor|scanner|lock|unlock|login|feature|setting|safe|recognition (?:is|does|won|has stopped|stopped|fails|isn))\\b.{0,25}\\b(?:broken|fails?|failing|stopped|slow|faulty|dead|not work\\w*|doesn[’']t|won[’']t|does not|isn[’']t|replace\\w*|repair\\w*|cracked|unresponsive)",
    '\\bgenetic algorithm\\w*',
    '\\bdna (?:test )?(?:kit|order|lounge)\\b.{0,30}\\b(?:arriv\\w+|deliver\\w+|ship\\w+|order\\w*|refund|return|lost)',
    '\\bface ?id\\b',
  ),
  says: [
    anyOf(
      'dna (?:tests?|results?|profile|sample|match|sequence|report|analysis|on file)',
      'genome',
      'genom(?:ic|e) \\w+',
      'genetic(?:ally)? (?:test\\w*|results?|mutation|disorder|condition|predispos\\w+|profile|markers?|screening|data|risk|variant|carrier|counsell?\\w+)',
      'chromosom\\w+',
      'brca-?[12]?',
      "(?:carries|carrier of|carry|inherited|has|have|with|positive for) (?:the|a|an) (?:[\\w'’-]+ ){0,3}(?:genes?|mutation|trait|variant|allele)",
      'hereditary (?:disease|condition|cancer)',
      "(?:my|our|his|her|their|customer['’]s) (?:\\w+ )?(?:dna|genes|genetics|finger ?prints?|thumb ?prints?|palm ?prints?|voice ?prints?|face ?prints?|face (?:scan|template|geometry)|facial (?:scan|recognition|geometry|template|features)|iris(?:es)?(?: scan| pattern)?|retinas?(?: scan)?|biometrics?(?: (?:data|template|profile|id|information|records?|scan|photo))?|hand geometry|gait|vein pattern)",
      "(?:scans?|templates?|prints?|images?|recordings?|copy|copies|samples?|pictures?|photos?|measurements?|models?|maps?) of (?:my|our|his|her|their|customer['’]s) (?:\\w+ )?(?:face|iris(?:es)?|fingers?|finger ?prints?|retinas?|palms?|hands?|eyes?|voice|dna|thumbs?|genome|saliva|blood)",
      'paternity test',
      '(?:23andme|ancestry(?:dna)?|myheritage) (?:\\w+ )?(?:results?|report|test|sample)',
      '(?:saliva|blood|tissue|hair) sample',
      '(?:sequenced|sequencing|sequence) (?:my|his|her|their)',
      '(?:finger ?print|iris|retina|palm|vein|face|voice) (?:template|hash|scan|data|pattern|sample)s?',
      'biometric (?:data|templates?|profile|information|records?|identifiers?|enrol\\w+|photo|id)',
      '(?:enrol\\w+|identified|verified|verify|recogni[sz]ed|authenticat\\w+|registered|log(?:s|ged)? in) (?:\\w+ ){0,3}(?:by|with|using|through|via) (?:\\w+ ){0,2}(?:finger ?prints?|face scan|iris\\w*|retina\\w*|voice ?print|biometrics?|palm)',
      'finger ?printed',
    ),
  ],
};
