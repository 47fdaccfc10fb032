"""Given names as English texts write them, and whether two of them may be the same.

Only such as are nothing else: no May, Mark or Will, no Jordan or Victoria. What a name that is missing here costs is a
namesake.
"""

from __future__ import annotations

import re

_RUSSIAN = """aleksandr alexander alexandr alexei aleksei alexey aleksey alexandra aleksandra alyona alina anastasia
    anatoly anatoli andrei andrey anna anton artem artyom boris bogdan daria darya denis dmitri dmitry
    dmitriy egor yegor ekaterina yekaterina elena yelena evgeny yevgeny evgeni yevgeni evgenia yevgenia
    fedor fyodor galina gennady gennadi georgy grigory grigori igor ilya irina ivan kirill konstantin ksenia
    larisa leonid lidia lyudmila ludmila maksim maxim margarita maria mariya marina matvei mikhail nadezhda
    natalia natalya nikita nikolai nikolay oksana oleg olga pavel petr pyotr polina ruslan semyon sergei
    sergey sofia sofya stanislav stepan svetlana tatiana tatyana timofei timur valentin valentina valery
    valeri vadim varvara vasily vasili veronika viktor viktoria vitaly vitali vladimir vladislav volodymyr
    vyacheslav yakov yaroslav yulia yuri yury zinaida zoya"""
_ENGLISH = """adam albert alan andrew anne anthony barbara benjamin bernard brian catherine christopher claire daniel
    david deborah diana douglas edward elizabeth emily emma eric eugene fiona frederick gary gerald graham
    gregory harold harry helen henry howard hugh jacob james jane janet jason jeffrey jennifer jeremy
    jessica joan john jonathan joseph joshua judith julia julian karen katherine keith kenneth kevin laura
    lauren leonard linda lisa lucy margaret mary matthew melissa michael michelle nancy natalie nathan neil
    nicholas nicole nigel oliver pamela patricia patrick paul peter philip rachel raymond rebecca richard
    robert roger ronald samuel sandra sarah simon sophia sophie stephen steven stuart susan teresa terence
    thomas timothy tony vincent walter wendy william zachary"""
_ASIAN = """abdul ahmad ahmed aibek aigul aijaz alisher almaz altaf amit anil anjali aqib arif arjun asghar
    ashok askar aslam asma ayesha azamat bakhtiyor bakyt bashir bilal bolat daniyar deepak dilshod
    dinara ehsan erlan faisal farhan farooq fatima fayaz galym ghulam gulnara habib hafiz hamza hanif
    hassan hussain ibrahim ijaz imran imtiaz irfan ishtiaq jamal jamshid javed javid junaid kairat
    kamran karan karim khalid khurshid kiran lalit madina majid manoj manzoor marat mehmood mohammad
    mohammed muhammad mukesh murat mushtaq mustafa nadeem naeem nasir naveed naveen nazir neha nirav
    nitin nurlan omar otabek owais pankaj parvez pervez pooja prakash priya rahul rajesh rakesh ramesh
    rashid ravi rehman riaz rohit rustam sachin saeed sajid saleem salim salman sanaullah sandeep sanjay
    sardor shabir shahid shakeel shaukat sherzod shweta sohail sunil suresh sushil tahir talgat tariq
    temirlan ulugbek umar usman vijay vikas vikram vinod waheed wasim yahya yasin yasir yerlan younis
    yousaf yousuf yusuf zahid zahoor zainab zarina zubair"""

GIVEN = frozenset(f"{_RUSSIAN} {_ENGLISH} {_ASIAN}".split())

_SAME_SOUNDS = (("x", "ks"), ("w", "v"), ("ph", "f"), ("kh", "k"), ("ch", "k"), ("c", "k"), ("q", "k"), ("z", "s"))
_SILENT = re.compile("[^a-z]|[aeiouyjh]")


def sound(name: str) -> str:
    """What the spellings of a folded name have in common: Sergey and Sergei; Mikhail and Michael; Ibrahim, Ebrahim; but
    not Ahmed and Muhammad, of which one begins with its consonants."""
    for written, heard in _SAME_SOUNDS:
        name = name.replace(written, heard)
    consonants = _SILENT.sub("", name)
    begins = "" if consonants.startswith(name[:1]) else "a"
    return begins + re.sub(r"(.)\1+", r"\1", consonants)
