import { Buffer } from 'node:buffer';

/*
 * What the zstd command line tool (1.5.4) makes of two texts: zstd -c -q OPTIONS < text. The first spans three blocks of 128 KiB
 * and more, and repeats itself; the second is short of repetitions, so that its literals are coded.
 */
export const repeated = Array.from({ length: 20_000 }, (_, i) => `line ${i % 50}: 요청 ${(i * 7919) % 200}\n`).join('');
export const numbers = Array.from({ length: 2000 }, (_, i) => `${(i * i * 7919) % 997}${i % 7 ? ' ' : '\n'}`).join('');

export const made: { text: string; options: string; bytes: Buffer }[] = [
  {
    text: repeated,
    options: '-3',
    bytes: Buffer.from(
      'KLUv/QRY/A8AMs8hG7ClkA4MwwLgARCHCQthSKLZErL3llIejzi6Erz7ObmT/797zzv5Tv6/656LmDoRU/e4Zj6umRPUCSof9fBRTydi6loipmHvuNUpe0er' +
        '1HKkILEcBYsz7o3VZtxjYnTfspjuW5YhX2MjyOo046FqzRTc+AkFAcMBQAgFBgcDBAeEACEUBAyHgQaoEeG2fwcxBocIijAfEtAwKYxHCY7w8tr//zuu8A3f' +
        '7OXh5cMJiHNz4lkqPkqczeJma/Gl4m41jreMTxfn5OOlFWckroo43iIOEXGZO56cw8kevnGHIzP8KZwazhkM3zLi28Olw6jH+usfcAXFW4kXvnHVtHijeLIf' +
        'd3RQ9TH+WtzYhbxWnJM4pwp5j7hixEWCOPrD5zr8LIeXNzwt/GI4RRneOJwrziGceE7FS4k3rnFXi1cVfwdg/PHQOOCGx7sP/htU2YfjhHH64xH04j3xQ3Hh' +
        'FKJxDo+Is8VXAPGm+Bv37SlOwzit+BcZbzx+jVNDR44TYBzSHvcGAm8hecPhKOsjEWUp7Awpyd7yWJPcAIbRSdF7MJ+QJqtw9UgpEqcFcNtSh1MSWd9YKTeN' +
        '8xfvGf7rndLeqYwNEexqd+mIPBnXovh6xNNl+A3C0x+sJsD2+u3SoFWfOe2QOCEZfZBOmqxpKbAFwxitpcyNDLNZTTq7CkwAAAg6AQD8/zkQAk0AAAhlAQDk' +
        '3zkQApbvb2U=',
      'base64',
    ),
  },
  {
    text: repeated,
    options: '--fast=3 --no-check',
    bytes: Buffer.from(
      'KLUv/QBI1CIA5ClsaW5lIDA6IOyalOyyrSAwCmxpbmUgMTExOQpsaW5lIDIzOApsaW5lIDMxNTcKbGluZSA0NzYKbGluZSA1OTUKNjogMTE0CmxpbmUgNzMz' +
        'CmxpbmUgODUyCjk6IDcxCjExOTA5CjEyOAoxNDcKMTY2CjE4NQoxMDQKMTIzCjE0MgoxNjEKMjA6ODAKMjE6OTIyOjE4CjIzOjM3CjI0OjU2CjI1Ojc1CjI2' +
        'OjkyNzoxMwoyODozMgoyOTo1MQozMDo3MAozMTo4OQozMjozMzoyNwozNDo0NgozNTo2NQozNjo4NAozNzozODoyMgozOTo0MQo0MDo2MAo0MTo3OQo0Mjox' +
        'OTgxNwo0NDozNgo0NTo1NQo0Njo3NAo0NzoxOTM4OiAyCmw5OiA1MAo2OQo4OAowNwoyNDUKNjQKODMKMDIKMjEKNDAKNTE3ODM6IDkxNgozNQo1MTczODog' +
        'OTExCjMwCjQ5CjY4MjQ6MjU6MjUKMjY6NDQKMjc6NjMKMjg6ODIKMjk6MzA6MjMxOjM5CjMyOjU4CjMzOjc3CjM0OjE5NjU6IDExNTY6IDMzNzo1MwozODo3' +
        'MgozOTo5NDA6MTAKNDE6MjkKNDI6NDgKNDM6NjcKNDQ6MTg2NTogMDUKNjogNApsNzogMwpsODogMgpsOTogMDAKMTkKMzgKNTcKMTMzCjUyCjcxCjI4CjQ3' +
        'CjE1OjIzCjQyCjExMTExMTA4MzogMTExMDM4OiAxMTQ0OjE0OToxMjYKNTogNDUKNjogMjEKNDAKMTExMTIwOjExMTA2NTogMTEwMzA6MjAKMzE6MzkKMzI6' +
        'NTgKMzM6NzcKMzQ6MzY6MTQxOjE0NjoyNAo0Nzo0Mwo0ODo2Mgo0OTo4MQowMTkKMzgKgUmoMSXBd9o3UYZEhAn5Eig0UBB0lAiOQbr2//8OrvANr6rycBbU' +
        'rkFIqO3ybBxG7kskkykuSfwQHUXl4sX5FB9JyWhrcYmLjokZQMfAKp5IVVyTeHI+roh7ShEnp3d0CYcTRg8fFof/luELhec1fMKxw9Gca9edcTgqDsojHNcw' +
        '6HpAYN1xFE9J4ldYUcRYuDhP8YEUjOzEjHuLGJdY/Do/OsW1DsVlEw/Ojg/ijADiagdxeTr8uD382Rz+kAzfFJ42/NuvMw2vB64PRw4QBOFpBuIaT2viwxmf' +
        'Ip6R9x7Vp/5lKj7Ii6dVLA5DYSXC8yJCGpXjiLIhFs3AUKobIxVk4OtQN9DFU9zkR9dGuPPub5uhTeyKrwqmNgwjzmKReOPSJEjyL6NS8Wdimj7hFLcMcbD4' +
        'Md4HOCd3F+M6PxCW8Tgr9xLSx6c/wwaEdZC68IOBh4fJkagwi4EyKo5zW+KlmHZpjhUWSfNQuUkxJ67DbrIvyIQl0eOzjdkQMFxUkx0p9dcaGcj+9QiIxkJm' +
        '0S6JhOTQthQCxCCdCTSUn7r5IubNn00havingjhJ1PpNPDV3fxNUk4WpAlwAABg6IOwBAPr/ORgCXQAAGGUgMQEA4t85GAI=',
      'base64',
    ),
  },
  {
    text: repeated,
    options: '-19 --content-size --stream-size=385000',
    bytes: Buffer.from(
      'KLUv/aTo3wUAvA4A1lo0GMAXGgP//3hb8g+Jl//FyJZybymFDULODTMAKwArAKONw5HGHYvjjcStHTewt8StHTew5cBbmfERWT0Z5UGsbExHU34BAROKxQGx' +
        'UBBwYCAUAjusCXyTegLfRIdkeVm2NMtRkuVl2dIsSVmSQ0qeJCFLckjJkzRyONK4YzFLXvYk5XiScizag77Ygz7wLbHGwC2xxsuaY8nLmmPJ8STleJKStmg7' +
        'pC1agE9Szr+2NAZuawzcFvlrS/7alvN5zZKlLdoOaYu2xBoDt8QaA7eD/AOA+6hBXLjtbyAzKS3mEkAQQBMUBSjByQLf///f8/ANzxb39oz4YHLJdJ7lIH24' +
        'AgD14tbpOkocUrxDMHCcNZ8czl9xYj83nHGdoCNusxGXBYw+cd1BgjOuaWQahcCJjl+LicpBTgHj0Ltnh+unERBFxHDwrAARR+c7Jc7wGMuyGzvEGMhMjJM+' +
        'zumS2jmow59EN0D8EDpi4bHFVYoQo0UoMZ51nGIceOU0NqIEUscvRojIRHYVihEiMpF9DYNaEZFJ2TcxiBERmZRttI8ckIlsg3HliOhHNcloB4oyk6imDO2g' +
        'UGYGdQoIjvzZfbbWiTQ6iA80dAkjwA6mjuxs5FmfAL8KVAAAAAEA/f9X/7kGAkUAAAABAOXfOQAClu9vZQ==',
      'base64',
    ),
  },
  {
    text: numbers,
    options: '-19',
    bytes: Buffer.from(
      'KLUv/QRoBT8Aag1lHQmg7eg1DRDV+BHUAdcB1AE4R+QUdWKh7pn5br6URxbpmQPRHiRT6Qm7YqPUFgNWvKi+4o1ZppaxGwZZuiRjOwYt02nGGMjOR3N2Czym' +
        'RsktCKy2UKd2iW5im8yYhehsc9/hlHlukUceyNEmORpdeF/ilTk2AQuvuK9maTeUB2u7g6KeeAfZtbmH39FYhZSpMsmcJGPlV3fQQPMme3Ku1Di1DY0hUO05' +
        'dK9XXkFH1IMEYXMtdffkqy3FzWBGti6SH92tWarXCETSU3agXWGX0CEnGtTGqK1uvN726U1WECNH7wxZqE66iTpJIWsL0Xd5ZN3EKeUpQalGpG1mq7zMzrpT' +
        'IHlL4S2e2Ru3BI1FqKIpb5x87LSzcpwCJS2VY2nMuyK/zKsJSDiiXTNTdTF5qk45GLyF7ru6KEv2wjnuYCan3pA7B+EzdoSAnI2RV8l0M96cJhMlXNpWcmtb' +
        '4hPypIwnELS1Z9Q3+RAtc18WangFXrrPaLQ8q6ZBOHxorpsHZcKcemcNYPSzi3NF3agvZynk9Ot80W3uzCZ04kCWPInX2FNT1UGdImEub+RI3axGu8o+SWhl' +
        'GVqM7s15l3UcAsMuJMfR1vpa09FHApO9RNv1wQdnPDqKAFNOyvNswwvrvB6VEAE381RvCRjVGXfebXK3ajv5rnA259yI+NG9BfPCArXG+sIOwwnPlCUGEo/D' +
        'Y+y7LesQvAQk5OpBufW+oGNwmoEMW/BO6oQ3iZ0z4yCc0MW7Ko88RS56CCHFnhzLjsRlZKPZaEBGjsSx7MlT7CG8CFLkyKvy4n1C4+A5AyQ24Z3UBe8Mm2aO' +
        'QbigrXdQXl1CLjkEwbK+O8aOwxOXmDMFCA/DL2ysqXVhF0zofTQinnOfzXfdTqBVm9x5d8ZtVLfkqcLNTGlf4YY5yTI5SkGi7uUzdVwvzJtTwjSP6pW0UF6j' +
        '7245hKk8I5/rEvaNXHQLgQjd1jl2r5ac5UqD61L15J2Dj+Fy/cygNEvgZXOkPYLH5CUJlT3OHplbXSpja+lBWDfpdzYFTZMP1TUIFnLenEKbze2D/UpAhqfM' +
        'eDXFXXML2TUEtJ19chgdta833sGVHULXcsp6JI+ZRQoQa7E6gjaa7I6TwwxucMQ86Wge2S9rRKCza/Kq3KBvaKF5Bi7vtNmiR402z9FjBDhzMTe68+RDOxEX' +
        'hDO5IsvllTcJbYJfDATWUffhjXIf1VFyp0Axz9kNHCk3y9Hw1sEMHYh36NpNxa05XUIJb9pU87RHypI19kCsh3Qz+wIldIUdaE/ZkXSNLFVozUe3SG59RjZb' +
        'inC1e7LUXYfNg3REQQVdea/n0NWOIdsQ4NSVenImu3kHzVcHWHmSTDJT5ZSx+h1BD6/NQXbiXdTt7sECQ1nar+aKGwvH5pUJl3jhjUab5HJ05G2RkFPmd7jN' +
        'HZ0xu8mAiS3RqV2oW20LGiUhprbAsx/N2RljpgGZjkFje0nO0g1bxkCmbsxXvKi24hYzSkHFnrCpdJAc7ZmzSGHkS/lunpnrTuwUBRH54Wxmh3Sxjr0lCyLl' +
        'aaeam3YJp8utCVS8dnfoQHyGbt1oCGY5Ut7A52yKudOjBI5qlPvwjroD64vZBIGErrzl8op8JgueiHBo58lGdzHHmcfoOQK0OWqLnjZf3jMLDdzQDboq1+R0' +
        'NuKXBZE9mieNmN/gYXacANltdAQtViPWInXMwEhOWdfyEPrKxruvB1E7jD7ZzqZraCGDmpvixqtTZjL8Sg8W2s3mFDpvtpBr8KECmpyCvrNNeliX3tgCqdzq' +
        'I3OcXdlL8piEETzSLpsl8NJ8ZssVxvAcfPKWqq9X2gKSc6/OsdtahBa66OBGlrDnekY+lcvhdwc1WiivpKP6NKe8CYV5XJ+pe7lEjdJlEkg2zK9wSjvn2TAM' +
        'HwzDMNyFm2BGeMAeGGGgBRa4YLggF1w44cIFFz4YRqAR6MIGHwwbDLfAAheGOeCACTb4YIJ+MOQHNQwPDBcMEyzwwANSC/SDCxcMG3wwxDCc8MGwwDDBB0MM' +
        'OFz4wBZ44AFZYLhwwQEb2AQTfDCCDTFBP4gR8oMDJnjgwgLDHbDBCThscMACI1wwDBfU0OGAGg444YItkBdMJ8AR6IGhC9AHw10YhjrhhHnALmzwwIxwHJXn' +
        'FQprw/PspBxTjqLxCAbnwe16iZ7sRzIdwbW21nG0kGzYceiyQt69WYyWoVv5JK8yQNusRuqNfC6nyIMKVPXUNfYkniUnziYEndnmi36dc7r0y4FGXVEX57Mx' +
        'etZMPSDMB+W6eWg+nAbPKkDLz+jSXYHX8MsuczBE3+QZtbUHjSdPCkzIlnhrW8mXNlGeJoA3081VMkYuZ0fIMwZBeOeGTH0mj7sLByR7Ub6rhe7BO+WeKhCT' +
        'qXrNjGgj4dX8MqEix7yxtFROSeP0rIS0x8bJKe8qGotLEDTuzN7iUrjk3amzoMy2ym1mRLpUT2lKgSYeWd/lQnTWJulEhaRbqM6Qo3eMTFZPD9qO161ujLp2' +
        'oh0CAYEeqBHw9fb/3+HvZxGMECB8IsDmA+FTCgCAYGvcQI1HQXlVof4r2Iso9QFSluAX956AWIvYjZNyCL+q9d5pGXEDQ8wHw/CKMoj5YN/BK+FVg2GFVwiw' +
        'yk1aW4a1hDUF9UxSfEAIgMVUlUkS+61M8FNr3DBrb/QizJZqwmFDC/KQP1UV60kL9Q==',
      'base64',
    ),
  },
];
